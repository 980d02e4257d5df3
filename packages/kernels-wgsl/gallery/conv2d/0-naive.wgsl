// conv2d: convolution of x [NHWC] with w [HWIO]
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 0-naive for swiftshader, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  6272 x 1 x 1 of 64 invocations
// binding     0  x  read        f32  input 0   3.211 MB
// binding     1  w  read        f32  input 1   524.3 kB
// binding     2  y  read_write  f32  output 0  1.606 MB

// conv2d/0-naive
// y[i, oh, ow, co] = sum over kh, kw, ci of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * w[kh, kw, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128]
// One invocation computes one element of C: a row of A times a column of B, element by element. Two loads for
// every multiply-add, so memory is the limit everywhere; what the rungs above save is loads.
// An invocation computes an element of C's 3136 x 128.

const H = 14u;
const W = 14u;
const CI = 64u;
const OH = 7u;
const OW = 7u;
const SY = 2u;
const SX = 2u;
const PT = 1u;
const PL = 1u;
const M = 3136u;
const N = 128u;
const ROWS = 3136u;
const OUTER = 4u;
const INNER = 256u;
const SIZE = 401408u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// The image, and the top left corner of output pixel m's window.
fn a_line(m: u32) -> vec3i {
  return vec3i(vec3u(m / (OH * OW), m / OW % OH * SY, m % OW * SX)) - vec3i(vec3u(0u, PT, PL));
}
// Where the image's row begins that row o of the window meets, and the window's place in it.
fn a_base(line: vec3i, o: u32) -> vec2i {
  let h = line.y + i32(o);
  let row = vec2i((line.x * i32(H) + h) * i32(W * CI), line.z * i32(CI));
  return select(vec2i(0, OUTSIDE), row, u32(h) < H);
}
fn a_load(base: vec2i, c: u32) -> f32 {
  let place = base.y + i32(c);
  let inside = u32(place) < W * CI;
  return select(f32(), x[select(0, base.x + place, inside)], inside);
}
// A place left of every row, whatever is added to it.
const OUTSIDE = -0x40000000;

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 128u); }
fn b_load(base: u32, c: u32) -> f32 { return w[base + c * 128u]; }


fn store(index: u32, result: f32) {
  y[index] = result;
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
