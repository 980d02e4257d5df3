// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 5-split-k for gpu, dispatch 1 of 2
//
// cost        708.8 Mflop, 13.21 MB: 53.7 flop/B
// workgroups  16 x 1 x 16 of 64 invocations
// binding     0  x      read        vec4f  input 0  3.211 MB
// binding     1  dy     read        vec4f  input 1  1.606 MB
// binding     2  parts  read_write  vec4f  temp 0   8.389 MB

// conv2d-weight-grad/5-split-k
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dw like w, dy like y.
// A register tile with k cut into parts that run side by side, and a second dispatch that adds their results in
// order: more invocations where C has too few tiles for the machine. The tile is the wide one, on SwiftShader
// the narrow one.
// An invocation computes 8 x 16 of C's 1024 x 128 in registers.
// Slice z of the grid sums part z of k; parts holds 16 partial results.

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
const TILES = 1024u;
const TILES_N = 8u;
const STEPS = 4u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

// Where tap (kh, kw) of output pixel (0, 0) lies in the image, and the channel.
fn a_line(m: u32) -> vec3i {
  let tap = m / (CI / 4u);
  return vec3i(vec3u(tap / KW, tap % KW, m % (CI / 4u))) - vec3i(vec3u(PT, PL, 0u));
}
// Outer step o is strip o % STRIPS of image o / STRIPS: where the tap of its first pixel lies in x, and its row and column.
fn a_base(line: vec3i, o: u32) -> vec3i {
  let h = i32(o % STRIPS * (STRIP * SY)) + line.x;
  return vec3i(((i32(o / STRIPS * H) + h) * i32(W) + line.y) * i32((CI / 4u)) + line.z, h, line.y);
}
fn a_load(base: vec3i, c: u32) -> vec4f {
  let step = vec2u(c / OW, c % OW) * vec2u(SY, SX);
  let inside = all(vec2u(base.yz) + step < vec2u(H, W));
  return select(vec4f(), x[select(0, base.x + i32((step.x * W + step.y) * (CI / 4u)), inside)], inside);
}

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 32u); }
fn b_load(base: u32, c: u32) -> vec4f { return dy[base + c * 32u]; }


fn store(index: u32, result: vec4f) {
  parts[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= TILES) { return; }
  let m = i / TILES_N * 8u;
  let n = i % TILES_N * 16u;
  let a_line0 = a_line(m / 4u);
  let a_line1 = a_line(m / 4u + 1u);
  let b_line0 = b_line(n / 4u);
  let b_line1 = b_line(n / 4u + 1u);
  let b_line2 = b_line(n / 4u + 2u);
  let b_line3 = b_line(n / 4u + 3u);
  var acc0_0 = vec4f();
  var acc0_1 = vec4f();
  var acc0_2 = vec4f();
  var acc0_3 = vec4f();
  var acc1_0 = vec4f();
  var acc1_1 = vec4f();
  var acc1_2 = vec4f();
  var acc1_3 = vec4f();
  var acc2_0 = vec4f();
  var acc2_1 = vec4f();
  var acc2_2 = vec4f();
  var acc2_3 = vec4f();
  var acc3_0 = vec4f();
  var acc3_1 = vec4f();
  var acc3_2 = vec4f();
  var acc3_3 = vec4f();
  var acc4_0 = vec4f();
  var acc4_1 = vec4f();
  var acc4_2 = vec4f();
  var acc4_3 = vec4f();
  var acc5_0 = vec4f();
  var acc5_1 = vec4f();
  var acc5_2 = vec4f();
  var acc5_3 = vec4f();
  var acc6_0 = vec4f();
  var acc6_1 = vec4f();
  var acc6_2 = vec4f();
  var acc6_3 = vec4f();
  var acc7_0 = vec4f();
  var acc7_1 = vec4f();
  var acc7_2 = vec4f();
  var acc7_3 = vec4f();
  for (var o = gid.z * STEPS; o < min(OUTER, gid.z * STEPS + STEPS); o++) {
    let a_base0 = a_base(a_line0, o);
    let a_base1 = a_base(a_line1, o);
    let b_base0 = b_base(b_line0, o);
    let b_base1 = b_base(b_line1, o);
    let b_base2 = b_base(b_line2, o);
    let b_base3 = b_base(b_line3, o);
    for (var c = 0u; c < INNER; c++) {
      let a0_0 = a_load(a_base0, c);
      let a1_0 = a_load(a_base1, c);
      let b0_0 = b_load(b_base0, c);
      let b1_0 = b_load(b_base1, c);
      let b2_0 = b_load(b_base2, c);
      let b3_0 = b_load(b_base3, c);
      let column0_0 = b0_0;
      let column1_0 = b1_0;
      let column2_0 = b2_0;
      let column3_0 = b3_0;
      acc0_0 = fma(vec4f(a0_0.x), column0_0, acc0_0);
      acc0_1 = fma(vec4f(a0_0.x), column1_0, acc0_1);
      acc0_2 = fma(vec4f(a0_0.x), column2_0, acc0_2);
      acc0_3 = fma(vec4f(a0_0.x), column3_0, acc0_3);
      acc1_0 = fma(vec4f(a0_0.y), column0_0, acc1_0);
      acc1_1 = fma(vec4f(a0_0.y), column1_0, acc1_1);
      acc1_2 = fma(vec4f(a0_0.y), column2_0, acc1_2);
      acc1_3 = fma(vec4f(a0_0.y), column3_0, acc1_3);
      acc2_0 = fma(vec4f(a0_0.z), column0_0, acc2_0);
      acc2_1 = fma(vec4f(a0_0.z), column1_0, acc2_1);
      acc2_2 = fma(vec4f(a0_0.z), column2_0, acc2_2);
      acc2_3 = fma(vec4f(a0_0.z), column3_0, acc2_3);
      acc3_0 = fma(vec4f(a0_0.w), column0_0, acc3_0);
      acc3_1 = fma(vec4f(a0_0.w), column1_0, acc3_1);
      acc3_2 = fma(vec4f(a0_0.w), column2_0, acc3_2);
      acc3_3 = fma(vec4f(a0_0.w), column3_0, acc3_3);
      acc4_0 = fma(vec4f(a1_0.x), column0_0, acc4_0);
      acc4_1 = fma(vec4f(a1_0.x), column1_0, acc4_1);
      acc4_2 = fma(vec4f(a1_0.x), column2_0, acc4_2);
      acc4_3 = fma(vec4f(a1_0.x), column3_0, acc4_3);
      acc5_0 = fma(vec4f(a1_0.y), column0_0, acc5_0);
      acc5_1 = fma(vec4f(a1_0.y), column1_0, acc5_1);
      acc5_2 = fma(vec4f(a1_0.y), column2_0, acc5_2);
      acc5_3 = fma(vec4f(a1_0.y), column3_0, acc5_3);
      acc6_0 = fma(vec4f(a1_0.z), column0_0, acc6_0);
      acc6_1 = fma(vec4f(a1_0.z), column1_0, acc6_1);
      acc6_2 = fma(vec4f(a1_0.z), column2_0, acc6_2);
      acc6_3 = fma(vec4f(a1_0.z), column3_0, acc6_3);
      acc7_0 = fma(vec4f(a1_0.w), column0_0, acc7_0);
      acc7_1 = fma(vec4f(a1_0.w), column1_0, acc7_1);
      acc7_2 = fma(vec4f(a1_0.w), column2_0, acc7_2);
      acc7_3 = fma(vec4f(a1_0.w), column3_0, acc7_3);
    }
  }

  let results = array<vec4f, 32>(
    acc0_0, acc0_1, acc0_2, acc0_3, acc1_0, acc1_1, acc1_2, acc1_3, acc2_0, acc2_1, acc2_2, acc2_3, acc3_0, acc3_1, acc3_2, acc3_3, acc4_0, acc4_1, acc4_2, acc4_3, acc5_0, acc5_1, acc5_2, acc5_3, acc6_0, acc6_1, acc6_2, acc6_3, acc7_0, acc7_1, acc7_2, acc7_3,
  );
  for (var r = 0u; r < min(8u, M - m); r++) {
    let row = m + r;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 4u; v++) {
      let column = n + v * 4u;
      if (column < N) { store((gid.z * (ROWS * N) + row * N + column) / 4u, results[r * 4u + v]); }
    }
  }
}
