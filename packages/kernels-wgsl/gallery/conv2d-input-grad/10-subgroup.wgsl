// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 10-subgroup for llvmpipe, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  98 x 1 x 4 of 8 invocations
// features    subgroups
// binding     0  dy  read        f32    input 0   1.606 MB
// binding     1  w   read        f32    input 1   524.3 kB
// binding     2  dx  read_write  vec4f  output 0  3.211 MB

// conv2d-input-grad/10-subgroup
// dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dx like x, dy like y.
// Invocations side by side in C share rows of A: each lane of a subgroup loads another row, handed around
// without workgroup memory or a barrier. Fastest on a CPU, where a load gathers lane after lane.
// A workgroup computes 32 x 64 of C's 3136 x 64: an invocation 32 x 8, 8 side by side in subgroups of 8.

enable subgroups;

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
const TILES = 98u;
const TILES_N = 1u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

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

fn store(index: u32, result: vec4f) {
  dx[index] = result;
}

@compute @workgroup_size(8, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let phase = wid.z;
  let m = tile / TILES_N * 32u;
  let n = tile % TILES_N * 64u + lid.x * 8u;
  let a_line0 = a_line((m + lane), phase);
  let a_line1 = a_line((m + lane) + 8u, phase);
  let a_line2 = a_line((m + lane) + 16u, phase);
  let a_line3 = a_line((m + lane) + 24u, phase);
  let b_line0 = b_line(n, phase);
  let b_line1 = b_line(n + 1u, phase);
  let b_line2 = b_line(n + 2u, phase);
  let b_line3 = b_line(n + 3u, phase);
  let b_line4 = b_line(n + 4u, phase);
  let b_line5 = b_line(n + 5u, phase);
  let b_line6 = b_line(n + 6u, phase);
  let b_line7 = b_line(n + 7u, phase);
  var acc0_0 = vec4f();
  var acc0_1 = vec4f();
  var acc1_0 = vec4f();
  var acc1_1 = vec4f();
  var acc2_0 = vec4f();
  var acc2_1 = vec4f();
  var acc3_0 = vec4f();
  var acc3_1 = vec4f();
  var acc4_0 = vec4f();
  var acc4_1 = vec4f();
  var acc5_0 = vec4f();
  var acc5_1 = vec4f();
  var acc6_0 = vec4f();
  var acc6_1 = vec4f();
  var acc7_0 = vec4f();
  var acc7_1 = vec4f();
  var acc8_0 = vec4f();
  var acc8_1 = vec4f();
  var acc9_0 = vec4f();
  var acc9_1 = vec4f();
  var acc10_0 = vec4f();
  var acc10_1 = vec4f();
  var acc11_0 = vec4f();
  var acc11_1 = vec4f();
  var acc12_0 = vec4f();
  var acc12_1 = vec4f();
  var acc13_0 = vec4f();
  var acc13_1 = vec4f();
  var acc14_0 = vec4f();
  var acc14_1 = vec4f();
  var acc15_0 = vec4f();
  var acc15_1 = vec4f();
  var acc16_0 = vec4f();
  var acc16_1 = vec4f();
  var acc17_0 = vec4f();
  var acc17_1 = vec4f();
  var acc18_0 = vec4f();
  var acc18_1 = vec4f();
  var acc19_0 = vec4f();
  var acc19_1 = vec4f();
  var acc20_0 = vec4f();
  var acc20_1 = vec4f();
  var acc21_0 = vec4f();
  var acc21_1 = vec4f();
  var acc22_0 = vec4f();
  var acc22_1 = vec4f();
  var acc23_0 = vec4f();
  var acc23_1 = vec4f();
  var acc24_0 = vec4f();
  var acc24_1 = vec4f();
  var acc25_0 = vec4f();
  var acc25_1 = vec4f();
  var acc26_0 = vec4f();
  var acc26_1 = vec4f();
  var acc27_0 = vec4f();
  var acc27_1 = vec4f();
  var acc28_0 = vec4f();
  var acc28_1 = vec4f();
  var acc29_0 = vec4f();
  var acc29_1 = vec4f();
  var acc30_0 = vec4f();
  var acc30_1 = vec4f();
  var acc31_0 = vec4f();
  var acc31_1 = vec4f();
  for (var o = 0u; o < outer_steps(phase); o++) {
    let a_base0 = a_base(a_line0, o);
    let a_base1 = a_base(a_line1, o);
    let a_base2 = a_base(a_line2, o);
    let a_base3 = a_base(a_line3, o);
    let b_base0 = b_base(b_line0, o);
    let b_base1 = b_base(b_line1, o);
    let b_base2 = b_base(b_line2, o);
    let b_base3 = b_base(b_line3, o);
    let b_base4 = b_base(b_line4, o);
    let b_base5 = b_base(b_line5, o);
    let b_base6 = b_base(b_line6, o);
    let b_base7 = b_base(b_line7, o);
    for (var c = 0u; c < INNER; c++) {
      let a0_0 = a_load(a_base0, c);
      let a1_0 = a_load(a_base1, c);
      let a2_0 = a_load(a_base2, c);
      let a3_0 = a_load(a_base3, c);
      let row0_0 = subgroupBroadcast(a0_0, 0u);
      let row1_0 = subgroupBroadcast(a0_0, 1u);
      let row2_0 = subgroupBroadcast(a0_0, 2u);
      let row3_0 = subgroupBroadcast(a0_0, 3u);
      let row4_0 = subgroupBroadcast(a0_0, 4u);
      let row5_0 = subgroupBroadcast(a0_0, 5u);
      let row6_0 = subgroupBroadcast(a0_0, 6u);
      let row7_0 = subgroupBroadcast(a0_0, 7u);
      let row8_0 = subgroupBroadcast(a1_0, 0u);
      let row9_0 = subgroupBroadcast(a1_0, 1u);
      let row10_0 = subgroupBroadcast(a1_0, 2u);
      let row11_0 = subgroupBroadcast(a1_0, 3u);
      let row12_0 = subgroupBroadcast(a1_0, 4u);
      let row13_0 = subgroupBroadcast(a1_0, 5u);
      let row14_0 = subgroupBroadcast(a1_0, 6u);
      let row15_0 = subgroupBroadcast(a1_0, 7u);
      let row16_0 = subgroupBroadcast(a2_0, 0u);
      let row17_0 = subgroupBroadcast(a2_0, 1u);
      let row18_0 = subgroupBroadcast(a2_0, 2u);
      let row19_0 = subgroupBroadcast(a2_0, 3u);
      let row20_0 = subgroupBroadcast(a2_0, 4u);
      let row21_0 = subgroupBroadcast(a2_0, 5u);
      let row22_0 = subgroupBroadcast(a2_0, 6u);
      let row23_0 = subgroupBroadcast(a2_0, 7u);
      let row24_0 = subgroupBroadcast(a3_0, 0u);
      let row25_0 = subgroupBroadcast(a3_0, 1u);
      let row26_0 = subgroupBroadcast(a3_0, 2u);
      let row27_0 = subgroupBroadcast(a3_0, 3u);
      let row28_0 = subgroupBroadcast(a3_0, 4u);
      let row29_0 = subgroupBroadcast(a3_0, 5u);
      let row30_0 = subgroupBroadcast(a3_0, 6u);
      let row31_0 = subgroupBroadcast(a3_0, 7u);
      let b0_0 = b_load(b_base0, c);
      let b1_0 = b_load(b_base1, c);
      let b2_0 = b_load(b_base2, c);
      let b3_0 = b_load(b_base3, c);
      let b4_0 = b_load(b_base4, c);
      let b5_0 = b_load(b_base5, c);
      let b6_0 = b_load(b_base6, c);
      let b7_0 = b_load(b_base7, c);
      let column0_0 = vec4f(b0_0, b1_0, b2_0, b3_0);
      let column1_0 = vec4f(b4_0, b5_0, b6_0, b7_0);
      acc0_0 = fma(vec4f(row0_0), column0_0, acc0_0);
      acc0_1 = fma(vec4f(row0_0), column1_0, acc0_1);
      acc1_0 = fma(vec4f(row1_0), column0_0, acc1_0);
      acc1_1 = fma(vec4f(row1_0), column1_0, acc1_1);
      acc2_0 = fma(vec4f(row2_0), column0_0, acc2_0);
      acc2_1 = fma(vec4f(row2_0), column1_0, acc2_1);
      acc3_0 = fma(vec4f(row3_0), column0_0, acc3_0);
      acc3_1 = fma(vec4f(row3_0), column1_0, acc3_1);
      acc4_0 = fma(vec4f(row4_0), column0_0, acc4_0);
      acc4_1 = fma(vec4f(row4_0), column1_0, acc4_1);
      acc5_0 = fma(vec4f(row5_0), column0_0, acc5_0);
      acc5_1 = fma(vec4f(row5_0), column1_0, acc5_1);
      acc6_0 = fma(vec4f(row6_0), column0_0, acc6_0);
      acc6_1 = fma(vec4f(row6_0), column1_0, acc6_1);
      acc7_0 = fma(vec4f(row7_0), column0_0, acc7_0);
      acc7_1 = fma(vec4f(row7_0), column1_0, acc7_1);
      acc8_0 = fma(vec4f(row8_0), column0_0, acc8_0);
      acc8_1 = fma(vec4f(row8_0), column1_0, acc8_1);
      acc9_0 = fma(vec4f(row9_0), column0_0, acc9_0);
      acc9_1 = fma(vec4f(row9_0), column1_0, acc9_1);
      acc10_0 = fma(vec4f(row10_0), column0_0, acc10_0);
      acc10_1 = fma(vec4f(row10_0), column1_0, acc10_1);
      acc11_0 = fma(vec4f(row11_0), column0_0, acc11_0);
      acc11_1 = fma(vec4f(row11_0), column1_0, acc11_1);
      acc12_0 = fma(vec4f(row12_0), column0_0, acc12_0);
      acc12_1 = fma(vec4f(row12_0), column1_0, acc12_1);
      acc13_0 = fma(vec4f(row13_0), column0_0, acc13_0);
      acc13_1 = fma(vec4f(row13_0), column1_0, acc13_1);
      acc14_0 = fma(vec4f(row14_0), column0_0, acc14_0);
      acc14_1 = fma(vec4f(row14_0), column1_0, acc14_1);
      acc15_0 = fma(vec4f(row15_0), column0_0, acc15_0);
      acc15_1 = fma(vec4f(row15_0), column1_0, acc15_1);
      acc16_0 = fma(vec4f(row16_0), column0_0, acc16_0);
      acc16_1 = fma(vec4f(row16_0), column1_0, acc16_1);
      acc17_0 = fma(vec4f(row17_0), column0_0, acc17_0);
      acc17_1 = fma(vec4f(row17_0), column1_0, acc17_1);
      acc18_0 = fma(vec4f(row18_0), column0_0, acc18_0);
      acc18_1 = fma(vec4f(row18_0), column1_0, acc18_1);
      acc19_0 = fma(vec4f(row19_0), column0_0, acc19_0);
      acc19_1 = fma(vec4f(row19_0), column1_0, acc19_1);
      acc20_0 = fma(vec4f(row20_0), column0_0, acc20_0);
      acc20_1 = fma(vec4f(row20_0), column1_0, acc20_1);
      acc21_0 = fma(vec4f(row21_0), column0_0, acc21_0);
      acc21_1 = fma(vec4f(row21_0), column1_0, acc21_1);
      acc22_0 = fma(vec4f(row22_0), column0_0, acc22_0);
      acc22_1 = fma(vec4f(row22_0), column1_0, acc22_1);
      acc23_0 = fma(vec4f(row23_0), column0_0, acc23_0);
      acc23_1 = fma(vec4f(row23_0), column1_0, acc23_1);
      acc24_0 = fma(vec4f(row24_0), column0_0, acc24_0);
      acc24_1 = fma(vec4f(row24_0), column1_0, acc24_1);
      acc25_0 = fma(vec4f(row25_0), column0_0, acc25_0);
      acc25_1 = fma(vec4f(row25_0), column1_0, acc25_1);
      acc26_0 = fma(vec4f(row26_0), column0_0, acc26_0);
      acc26_1 = fma(vec4f(row26_0), column1_0, acc26_1);
      acc27_0 = fma(vec4f(row27_0), column0_0, acc27_0);
      acc27_1 = fma(vec4f(row27_0), column1_0, acc27_1);
      acc28_0 = fma(vec4f(row28_0), column0_0, acc28_0);
      acc28_1 = fma(vec4f(row28_0), column1_0, acc28_1);
      acc29_0 = fma(vec4f(row29_0), column0_0, acc29_0);
      acc29_1 = fma(vec4f(row29_0), column1_0, acc29_1);
      acc30_0 = fma(vec4f(row30_0), column0_0, acc30_0);
      acc30_1 = fma(vec4f(row30_0), column1_0, acc30_1);
      acc31_0 = fma(vec4f(row31_0), column0_0, acc31_0);
      acc31_1 = fma(vec4f(row31_0), column1_0, acc31_1);
    }
  }

  let results = array<vec4f, 64>(
    acc0_0, acc0_1, acc1_0, acc1_1, acc2_0, acc2_1, acc3_0, acc3_1, acc4_0, acc4_1, acc5_0, acc5_1, acc6_0, acc6_1, acc7_0, acc7_1, acc8_0, acc8_1, acc9_0, acc9_1, acc10_0, acc10_1, acc11_0, acc11_1, acc12_0, acc12_1, acc13_0, acc13_1, acc14_0, acc14_1, acc15_0, acc15_1, acc16_0, acc16_1, acc17_0, acc17_1, acc18_0, acc18_1, acc19_0, acc19_1, acc20_0, acc20_1, acc21_0, acc21_1, acc22_0, acc22_1, acc23_0, acc23_1, acc24_0, acc24_1, acc25_0, acc25_1, acc26_0, acc26_1, acc27_0, acc27_1, acc28_0, acc28_1, acc29_0, acc29_1, acc30_0, acc30_1, acc31_0, acc31_1,
  );
  for (var r = 0u; r < min(32u, M - m); r++) {
    let row = output_row(m + r, phase);
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 2u; v++) {
      let column = n + v * 4u;
      if (column < N) { store((row * N + column) / 4u, results[r * 2u + v]); }
    }
  }
}
