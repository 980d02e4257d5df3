// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 0-naive for swiftshader, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  2048 x 1 x 1 of 64 invocations
// binding     0  x   read        f32  input 0   3.211 MB
// binding     1  dy  read        f32  input 1   1.606 MB
// binding     2  dw  read_write  f32  output 0  524.3 kB

// conv2d-weight-grad/0-naive
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dw like w, dy like y.
// One invocation computes one element of C: a row of A times a column of B, element by element. Two loads for
// every multiply-add, so memory is the limit everywhere; what the rungs above save is loads.
// An invocation computes an element of C's 1024 x 128.

const H = 14u;
const W = 14u;
const CI = 64u;
const OH = 7u;
const OW = 7u;
const SY = 2u;
const SX = 2u;
const PT = 1u;
const PL = 1u;
const KW = 4u;
const STRIP = 7u;
const STRIPS = 1u;
const M = 1024u;
const N = 128u;
const ROWS = 1024u;
const OUTER = 64u;
const INNER = 49u;
const SIZE = 131072u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

// Where tap (kh, kw) of output pixel (0, 0) lies in the image, and the channel.
fn a_line(m: u32) -> vec3i {
  let tap = m / CI;
  return vec3i(vec3u(tap / KW, tap % KW, m % CI)) - vec3i(vec3u(PT, PL, 0u));
}
// Outer step o is strip o % STRIPS of image o / STRIPS: where the tap of its first pixel lies in x, and its row and column.
fn a_base(line: vec3i, o: u32) -> vec3i {
  let h = i32(o % STRIPS * (STRIP * SY)) + line.x;
  return vec3i(((i32(o / STRIPS * H) + h) * i32(W) + line.y) * i32(CI) + line.z, h, line.y);
}
fn a_load(base: vec3i, c: u32) -> f32 {
  let step = vec2u(c / OW, c % OW) * vec2u(SY, SX);
  let inside = all(vec2u(base.yz) + step < vec2u(H, W));
  return select(f32(), x[select(0, base.x + i32((step.x * W + step.y) * CI), inside)], inside);
}

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 128u); }
fn b_load(base: u32, c: u32) -> f32 { return dy[base + c * 128u]; }


fn store(index: u32, result: f32) {
  dw[index] = result;
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
