// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=6272,k=100,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 0-naive for swiftshader, one dispatch
//
// cost        80.28 Mflop, 4.14 MB: 19.4 flop/B
// workgroups  6272 x 1 x 1 of 64 invocations
// binding     0  a  read        f32  input 0   25.6 kB
// binding     1  b  read        f32  input 1   2.509 MB
// binding     2  c  read_write  f32  output 0  1.606 MB

// matmul/0-naive
// c = a b: a [1,64,100], b [1,100,6272] -> c [1,64,6272].
// One invocation computes one element of C: a row of A times a column of B, element by element. Two loads for
// every multiply-add, so memory is the limit everywhere; what the rungs above save is loads.
// An invocation computes an element of C's 64 x 6272.

const M = 64u;
const N = 6272u;
const ROWS = 64u;
const OUTER = 1u;
const INNER = 100u;
const SIZE = 401408u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

fn a_line(m: u32) -> u32 { return m * (100u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER); }
fn a_load(base: u32, c: u32) -> f32 { return a[base + c]; }

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 6272u); }
fn b_load(base: u32, c: u32) -> f32 { return b[base + c * 6272u]; }


fn store(index: u32, result: f32) {
  c[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  let m = i / N;
  let n = i % N;
  let row = m;
  if (row >= ROWS) { return; }
  let line_a = a_line(m);
  let line_b = b_line(n);
  var sum = 0.0f;
  for (var o = 0u; o < OUTER; o++) {
    let run_a = a_base(line_a, o);
    let run_b = b_base(line_b, o);
    for (var c = 0u; c < INNER; c++) { sum += a_load(run_a, c) * b_load(run_b, c); }
  }
  store(row * N + n, sum);
}
