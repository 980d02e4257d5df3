// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 10-subgroup for llvmpipe, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  64 x 1 x 1 of 8 invocations
// features    subgroups
// binding     0  x   read        vec4f  input 0   3.211 MB
// binding     1  dy  read        vec4f  input 1   1.606 MB
// binding     2  dw  read_write  vec4f  output 0  524.3 kB

// conv2d-weight-grad/10-subgroup
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dw like w, dy like y.
// Invocations side by side in C share rows of A: each lane of a subgroup loads another row, handed around
// without workgroup memory or a barrier. Fastest on a CPU, where a load gathers lane after lane.
// A workgroup computes 32 x 64 of C's 1024 x 128: an invocation 32 x 8, 8 side by side in subgroups of 8.

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
const KW = 4u;
const STRIP = 7u;
const STRIPS = 1u;
const M = 1024u;
const N = 128u;
const ROWS = 1024u;
const OUTER = 64u;
const INNER = 49u;
const TILES = 64u;
const TILES_N = 2u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;

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
  dw[index] = result;
}

@compute @workgroup_size(8, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let m = tile / TILES_N * 32u;
  let n = tile % TILES_N * 64u + lid.x * 8u;
  let a_line0 = a_line((m + lane * 4u) / 4u);
  let b_line0 = b_line(n / 4u);
  let b_line1 = b_line(n / 4u + 1u);
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
  for (var o = 0u; o < OUTER; o++) {
    let a_base0 = a_base(a_line0, o);
    let b_base0 = b_base(b_line0, o);
    let b_base1 = b_base(b_line1, o);
    for (var c = 0u; c < INNER; c++) {
      let a0_0 = a_load(a_base0, c);
      let row0_0 = subgroupBroadcast(a0_0.x, 0u);
      let row1_0 = subgroupBroadcast(a0_0.y, 0u);
      let row2_0 = subgroupBroadcast(a0_0.z, 0u);
      let row3_0 = subgroupBroadcast(a0_0.w, 0u);
      let row4_0 = subgroupBroadcast(a0_0.x, 1u);
      let row5_0 = subgroupBroadcast(a0_0.y, 1u);
      let row6_0 = subgroupBroadcast(a0_0.z, 1u);
      let row7_0 = subgroupBroadcast(a0_0.w, 1u);
      let row8_0 = subgroupBroadcast(a0_0.x, 2u);
      let row9_0 = subgroupBroadcast(a0_0.y, 2u);
      let row10_0 = subgroupBroadcast(a0_0.z, 2u);
      let row11_0 = subgroupBroadcast(a0_0.w, 2u);
      let row12_0 = subgroupBroadcast(a0_0.x, 3u);
      let row13_0 = subgroupBroadcast(a0_0.y, 3u);
      let row14_0 = subgroupBroadcast(a0_0.z, 3u);
      let row15_0 = subgroupBroadcast(a0_0.w, 3u);
      let row16_0 = subgroupBroadcast(a0_0.x, 4u);
      let row17_0 = subgroupBroadcast(a0_0.y, 4u);
      let row18_0 = subgroupBroadcast(a0_0.z, 4u);
      let row19_0 = subgroupBroadcast(a0_0.w, 4u);
      let row20_0 = subgroupBroadcast(a0_0.x, 5u);
      let row21_0 = subgroupBroadcast(a0_0.y, 5u);
      let row22_0 = subgroupBroadcast(a0_0.z, 5u);
      let row23_0 = subgroupBroadcast(a0_0.w, 5u);
      let row24_0 = subgroupBroadcast(a0_0.x, 6u);
      let row25_0 = subgroupBroadcast(a0_0.y, 6u);
      let row26_0 = subgroupBroadcast(a0_0.z, 6u);
      let row27_0 = subgroupBroadcast(a0_0.w, 6u);
      let row28_0 = subgroupBroadcast(a0_0.x, 7u);
      let row29_0 = subgroupBroadcast(a0_0.y, 7u);
      let row30_0 = subgroupBroadcast(a0_0.z, 7u);
      let row31_0 = subgroupBroadcast(a0_0.w, 7u);
      let b0_0 = b_load(b_base0, c);
      let b1_0 = b_load(b_base1, c);
      let column0_0 = b0_0;
      let column1_0 = b1_0;
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
    let row = m + r;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 2u; v++) {
      let column = n + v * 4u;
      if (column < N) { store((row * N + column) / 4u, results[r * 2u + v]); }
    }
  }
}
