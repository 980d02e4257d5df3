// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 2-register-tile for llvmpipe, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  128 x 1 x 1 of 64 invocations
// binding     0  x   read        f32  input 0   3.211 MB
// binding     1  dy  read        f32  input 1   1.606 MB
// binding     2  dw  read_write  f32  output 0  524.3 kB

// conv2d-weight-grad/2-register-tile
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dw like w, dy like y.
// An invocation computes 4 x 4 elements of C in 16 registers, without workgroup memory: 8 loads for 16
// multiply-adds, where the naive rung needs 32. Caches serve what neighbours share; nobody waits at a barrier.
// All adapters gain, those that run on a CPU most.
// An invocation computes 4 x 4 of C's 1024 x 128 in registers.

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
const TILES = 8192u;
const TILES_N = 32u;

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
  if (i >= TILES) { return; }
  let m = i / TILES_N * 4u;
  let n = i % TILES_N * 4u;
  let a_line0 = a_line(m);
  let a_line1 = a_line(m + 1u);
  let a_line2 = a_line(m + 2u);
  let a_line3 = a_line(m + 3u);
  let b_line0 = b_line(n);
  let b_line1 = b_line(n + 1u);
  let b_line2 = b_line(n + 2u);
  let b_line3 = b_line(n + 3u);
  var acc0_0 = 0.0f;
  var acc0_1 = 0.0f;
  var acc0_2 = 0.0f;
  var acc0_3 = 0.0f;
  var acc1_0 = 0.0f;
  var acc1_1 = 0.0f;
  var acc1_2 = 0.0f;
  var acc1_3 = 0.0f;
  var acc2_0 = 0.0f;
  var acc2_1 = 0.0f;
  var acc2_2 = 0.0f;
  var acc2_3 = 0.0f;
  var acc3_0 = 0.0f;
  var acc3_1 = 0.0f;
  var acc3_2 = 0.0f;
  var acc3_3 = 0.0f;
  for (var o = 0u; o < OUTER; o++) {
    let a_base0 = a_base(a_line0, o);
    let a_base1 = a_base(a_line1, o);
    let a_base2 = a_base(a_line2, o);
    let a_base3 = a_base(a_line3, o);
    let b_base0 = b_base(b_line0, o);
    let b_base1 = b_base(b_line1, o);
    let b_base2 = b_base(b_line2, o);
    let b_base3 = b_base(b_line3, o);
    for (var c = 0u; c < INNER; c++) {
      let a0_0 = a_load(a_base0, c);
      let a1_0 = a_load(a_base1, c);
      let a2_0 = a_load(a_base2, c);
      let a3_0 = a_load(a_base3, c);
      let b0_0 = b_load(b_base0, c);
      let b1_0 = b_load(b_base1, c);
      let b2_0 = b_load(b_base2, c);
      let b3_0 = b_load(b_base3, c);
      acc0_0 = fma(a0_0, b0_0, acc0_0);
      acc0_1 = fma(a0_0, b1_0, acc0_1);
      acc0_2 = fma(a0_0, b2_0, acc0_2);
      acc0_3 = fma(a0_0, b3_0, acc0_3);
      acc1_0 = fma(a1_0, b0_0, acc1_0);
      acc1_1 = fma(a1_0, b1_0, acc1_1);
      acc1_2 = fma(a1_0, b2_0, acc1_2);
      acc1_3 = fma(a1_0, b3_0, acc1_3);
      acc2_0 = fma(a2_0, b0_0, acc2_0);
      acc2_1 = fma(a2_0, b1_0, acc2_1);
      acc2_2 = fma(a2_0, b2_0, acc2_2);
      acc2_3 = fma(a2_0, b3_0, acc2_3);
      acc3_0 = fma(a3_0, b0_0, acc3_0);
      acc3_1 = fma(a3_0, b1_0, acc3_1);
      acc3_2 = fma(a3_0, b2_0, acc3_2);
      acc3_3 = fma(a3_0, b3_0, acc3_3);
    }
  }

  let results = array<f32, 16>(
    acc0_0, acc0_1, acc0_2, acc0_3, acc1_0, acc1_1, acc1_2, acc1_3, acc2_0, acc2_1, acc2_2, acc2_3, acc3_0, acc3_1, acc3_2, acc3_3,
  );
  for (var r = 0u; r < min(4u, M - m); r++) {
    let row = m + r;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 4u; v++) {
      let column = n + v * 1u;
      if (column < N) { store(row * N + column, results[r * 4u + v]); }
    }
  }
}
