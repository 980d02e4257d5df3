// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=64,k=6272,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 11-subgroup-split-k for llvmpipe, dispatch 1 of 2
//
// cost        51.38 Mflop, 3.424 MB: 15.0 flop/B
// workgroups  2 x 1 x 13 of 8 invocations
// features    subgroups
// binding     0  a      read        f32    input 0  1.606 MB
// binding     1  b      read        vec4f  input 1  1.606 MB
// binding     2  parts  read_write  vec4f  temp 0   213 kB

// matmul/11-subgroup-split-k
// c = a b: a [1,64,6272], b [1,6272,64] -> c [1,64,64].
// The subgroup tile over parts of k side by side, which a second dispatch adds in order: for a small C with a
// long k.
// A workgroup computes 32 x 64 of C's 64 x 64: an invocation 32 x 8, 8 side by side in subgroups of 8.
// Slice z of the grid sums part z of k; parts holds 13 partial results.

enable subgroups;

const M = 64u;
const N = 64u;
const ROWS = 64u;
const OUTER = 49u;
const INNER = 128u;
const TILES = 2u;
const TILES_N = 1u;
const STEPS = 4u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

fn a_line(m: u32) -> u32 { return m * (6272u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER); }
fn a_load(base: u32, c: u32) -> f32 { return a[base + c]; }

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 16u); }
fn b_load(base: u32, c: u32) -> vec4f { return b[base + c * 16u]; }


fn store(index: u32, result: vec4f) {
  parts[index] = result;
}

@compute @workgroup_size(8, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let m = tile / TILES_N * 32u;
  let n = tile % TILES_N * 64u + lid.x * 8u;
  let a_line0 = a_line((m + lane));
  let a_line1 = a_line((m + lane) + 8u);
  let a_line2 = a_line((m + lane) + 16u);
  let a_line3 = a_line((m + lane) + 24u);
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
  for (var o = wid.z * STEPS; o < min(OUTER, wid.z * STEPS + STEPS); o++) {
    let a_base0 = a_base(a_line0, o);
    let a_base1 = a_base(a_line1, o);
    let a_base2 = a_base(a_line2, o);
    let a_base3 = a_base(a_line3, o);
    let b_base0 = b_base(b_line0, o);
    let b_base1 = b_base(b_line1, o);
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
      if (column < N) { store((wid.z * (ROWS * N) + row * N + column) / 4u, results[r * 2u + v]); }
    }
  }
}
