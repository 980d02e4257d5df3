// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 2-register-tile for llvmpipe, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  196 x 1 x 4 of 64 invocations
// binding     0  dy  read        f32  input 0   1.606 MB
// binding     1  w   read        f32  input 1   524.3 kB
// binding     2  dx  read_write  f32  output 0  3.211 MB

// conv2d-input-grad/2-register-tile
// dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dx like x, dy like y.
// An invocation computes 4 x 4 elements of C in 16 registers, without workgroup memory: 8 loads for 16
// multiply-adds, where the naive rung needs 32. Caches serve what neighbours share; nobody waits at a barrier.
// All adapters gain, those that run on a CPU most.
// An invocation computes 4 x 4 of C's 3136 x 64 in registers.

const H = 14u;
const W = 14u;
const CI = 64u;
const OH = 7u;
const OW = 7u;
const SY = 2u;
const SX = 2u;
const PT = 1u;
const PL = 1u;
const KH = 4u;
const KW = 4u;
const CO = 128u;
const PHASE_H = 7u;
const PHASE_W = 7u;
const PHASES_X = 2u;
const M = 3136u;
const N = 64u;
const ROWS = 12544u;
const OUTER = 4u;
const INNER = 128u;
const TILES = 12544u;
const TILES_N = 16u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

// Image, row and column of dy, and the phase's taps in x.
fn a_line(m: u32, phase: u32) -> vec4i {
  let pixel = pixel_at(m);
  let first = pixel.yz + (phase_corner(phase) + vec2u(PT, PL)) / vec2u(SY, SX);
  return vec4i(vec4u(pixel.x, first, taps(phase).y));
}
// The pixel's channels, or -1 outside dy.
fn a_base(line: vec4i, o: u32) -> i32 {
  let place = line.yz - vec2i(tap_at(o, u32(line.w)));
  let inside = all(vec2u(place) < vec2u(OH, OW));
  return select(-1, ((line.x * i32(OH) + place.x) * i32(OW) + place.y) * i32(CO), inside);
}
fn a_load(base: i32, c: u32) -> f32 {
  return select(f32(), dy[u32(max(base, 0)) + c], base >= 0);
}

// The input channel, the phase's first tap, and its taps in x.
fn b_line(n: u32, phase: u32) -> vec4u { return vec4u(n, first_tap(phase), taps(phase).y); }
fn b_base(line: vec4u, o: u32) -> u32 {
  let tap = line.yz + tap_at(o, line.w) * vec2u(SY, SX);
  return ((tap.x * KW + tap.y) * CI + line.x) * (CO);
}
fn b_load(base: u32, c: u32) -> f32 { return w[base + c]; }

// Pixel (0, 0) of the phase, which is smaller than (SY, SX).
fn phase_corner(phase: u32) -> vec2u { return vec2u(phase / PHASES_X, phase % PHASES_X); }
// The first tap that reaches the phase, and how many do in y and x, each SY or SX after the one before.
fn first_tap(phase: u32) -> vec2u { return (phase_corner(phase) + vec2u(PT, PL)) % vec2u(SY, SX); }
fn taps(phase: u32) -> vec2u { return (vec2u(KH + SY - 1u, KW + SX - 1u) - first_tap(phase)) / vec2u(SY, SX); }
fn outer_steps(phase: u32) -> u32 { return taps(phase).x * taps(phase).y; }
// The tap of outer step o, (row, column) in the phase's own counting.
fn tap_at(o: u32, taps_x: u32) -> vec2u {
  let row = o / 2u;
  return vec2u(row, o - row * taps_x);
}
// Image and pixel of the phase's row m.
fn pixel_at(m: u32) -> vec3u { return vec3u(m / (PHASE_H * PHASE_W), m / PHASE_W % PHASE_H, m % PHASE_W); }
fn output_row(m: u32, phase: u32) -> u32 {
  let pixel = pixel_at(m);
  let place = pixel.yz * vec2u(SY, SX) + phase_corner(phase);
  return select(ROWS, (pixel.x * H + place.x) * W + place.y, all(place < vec2u(H, W)));
}

fn store(index: u32, result: f32) {
  dx[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= TILES) { return; }
  let phase = gid.z;
  let m = i / TILES_N * 4u;
  let n = i % TILES_N * 4u;
  let a_line0 = a_line(m, phase);
  let a_line1 = a_line(m + 1u, phase);
  let a_line2 = a_line(m + 2u, phase);
  let a_line3 = a_line(m + 3u, phase);
  let b_line0 = b_line(n, phase);
  let b_line1 = b_line(n + 1u, phase);
  let b_line2 = b_line(n + 2u, phase);
  let b_line3 = b_line(n + 3u, phase);
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
  for (var o = 0u; o < outer_steps(phase); o++) {
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
    let row = output_row(m + r, phase);
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 4u; v++) {
      let column = n + v * 1u;
      if (column < N) { store(row * N + column, results[r * 4u + v]); }
    }
  }
}
