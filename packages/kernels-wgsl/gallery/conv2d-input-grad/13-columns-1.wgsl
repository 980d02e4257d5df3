// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x28x28x1,w=4x4x1x64,stride=2,padding=1,dilation=1
// rung 13-columns for gpu, dispatch 1 of 2
//
// cost        25.69 Mflop, 4.018 MB: 6.39 flop/B
// workgroups  196 x 1 x 1 of 64 invocations
// memory      9216 B, shared by a workgroup
// binding     0  dy       read        vec4f  input 0  3.211 MB
// binding     1  w        read        vec4f  input 1  4.096 kB
// binding     2  columns  read_write  vec4f  temp 0   802.8 kB

// conv2d-columns/7-large-workgroup-tile
// columns = dy transpose(w):
// x [64, 28, 28, 1], w [4, 4, 1, 64], y [64, 14, 14, 64], dy like y, columns [12544, 16].
// 64 x 64 of C a workgroup, 8 x 8 an invocation: half the loads for each multiply-add, from storage and from
// workgroup memory. Better on a GPU with tiles enough for all of its processors.
// A workgroup computes 64 x 64 of C's 12544 x 16, an invocation 8 x 8; k by 16.

const M = 12544u;
const N = 16u;
const ROWS = 12544u;
const OUTER = 1u;
const INNER = 64u;
const TILES = 196u;
const TILES_N = 1u;

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> columns: array<vec4f>;

fn a_line(m: u32) -> u32 { return m * (64u / 4u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER / 4u); }
fn a_load(base: u32, c: u32) -> vec4f { return dy[base + c / 4u]; }

fn b_line(n: u32) -> u32 { return n * (64u / 4u); }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER / 4u); }
fn b_load(base: u32, c: u32) -> vec4f { return w[base + c / 4u]; }


fn store(index: u32, result: vec4f) {
  columns[index] = result;
}

var<workgroup> slab_a: array<vec4f, 320>; // [64 rows, 16 of k], a row padded by 4
var<workgroup> slab_b: array<vec4f, 256>; // [16 of k, 64 columns]

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let m = tile / TILES_N * 64u;
  let n = tile % TILES_N * 64u;
  let side_m = lid.x / 8u;
  let side_n = lid.x % 8u;
  // The 4 x 4 blocks of A (4 rows, 4 of k) and of B (4 of k, 4 columns) that this invocation fetches.
  let row_a = lid.x / 4u * 4u;
  let deep_a = lid.x % 4u;
  let column_b = lid.x % 16u;
  let deep_b = lid.x / 16u;
  let block_a = m + row_a;
  let block_b = n + column_b * 4u;
  let a_line0 = a_line(block_a);
  let a_line1 = a_line(block_a + 1u);
  let a_line2 = a_line(block_a + 2u);
  let a_line3 = a_line(block_a + 3u);
  let b_line0 = b_line(min(block_b, 15u));
  let b_line1 = b_line(min(block_b + 1u, 15u));
  let b_line2 = b_line(min(block_b + 2u, 15u));
  let b_line3 = b_line(min(block_b + 3u, 15u));
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
  let k_end = 64u;
  for (var k0 = 0u; k0 < k_end; k0 += 16u) {
    let k_a = k0 + deep_a * 4u;
    let o_a = k_a / INNER;
    let c_a = k_a % INNER;
    let a_base0 = a_base(a_line0, o_a);
    let a_base1 = a_base(a_line1, o_a);
    let a_base2 = a_base(a_line2, o_a);
    let a_base3 = a_base(a_line3, o_a);
    let a0 = a_load(a_base0, c_a);
    let a1 = a_load(a_base1, c_a);
    let a2 = a_load(a_base2, c_a);
    let a3 = a_load(a_base3, c_a);
    slab_a[(row_a + 0u) * 5u + deep_a] = a0;
    slab_a[(row_a + 1u) * 5u + deep_a] = a1;
    slab_a[(row_a + 2u) * 5u + deep_a] = a2;
    slab_a[(row_a + 3u) * 5u + deep_a] = a3;
    let k_b = k0 + deep_b * 4u;
    let o_b = k_b / INNER;
    let c_b = k_b % INNER;
    let b_base0 = b_base(b_line0, o_b);
    let b_base1 = b_base(b_line1, o_b);
    let b_base2 = b_base(b_line2, o_b);
    let b_base3 = b_base(b_line3, o_b);
    let b0 = b_load(b_base0, c_b);
    let b1 = b_load(b_base1, c_b);
    let b2 = b_load(b_base2, c_b);
    let b3 = b_load(b_base3, c_b);
    slab_b[(deep_b * 4u + 0u) * 16u + column_b] = vec4f(b0.x, b1.x, b2.x, b3.x);
    slab_b[(deep_b * 4u + 1u) * 16u + column_b] = vec4f(b0.y, b1.y, b2.y, b3.y);
    slab_b[(deep_b * 4u + 2u) * 16u + column_b] = vec4f(b0.z, b1.z, b2.z, b3.z);
    slab_b[(deep_b * 4u + 3u) * 16u + column_b] = vec4f(b0.w, b1.w, b2.w, b3.w);
    workgroupBarrier();
    for (var q = 0u; q < 4u; q++) {
      let run0 = slab_a[(side_m + 0u) * 5u + q];
      let run1 = slab_a[(side_m + 8u) * 5u + q];
      let run2 = slab_a[(side_m + 16u) * 5u + q];
      let run3 = slab_a[(side_m + 24u) * 5u + q];
      let run4 = slab_a[(side_m + 32u) * 5u + q];
      let run5 = slab_a[(side_m + 40u) * 5u + q];
      let run6 = slab_a[(side_m + 48u) * 5u + q];
      let run7 = slab_a[(side_m + 56u) * 5u + q];
      let column0_0 = slab_b[(4u * q + 0u) * 16u + side_n + 0u];
      let column1_0 = slab_b[(4u * q + 0u) * 16u + side_n + 8u];
      acc0_0 = fma(vec4f(run0.x), column0_0, acc0_0);
      acc0_1 = fma(vec4f(run0.x), column1_0, acc0_1);
      acc1_0 = fma(vec4f(run1.x), column0_0, acc1_0);
      acc1_1 = fma(vec4f(run1.x), column1_0, acc1_1);
      acc2_0 = fma(vec4f(run2.x), column0_0, acc2_0);
      acc2_1 = fma(vec4f(run2.x), column1_0, acc2_1);
      acc3_0 = fma(vec4f(run3.x), column0_0, acc3_0);
      acc3_1 = fma(vec4f(run3.x), column1_0, acc3_1);
      acc4_0 = fma(vec4f(run4.x), column0_0, acc4_0);
      acc4_1 = fma(vec4f(run4.x), column1_0, acc4_1);
      acc5_0 = fma(vec4f(run5.x), column0_0, acc5_0);
      acc5_1 = fma(vec4f(run5.x), column1_0, acc5_1);
      acc6_0 = fma(vec4f(run6.x), column0_0, acc6_0);
      acc6_1 = fma(vec4f(run6.x), column1_0, acc6_1);
      acc7_0 = fma(vec4f(run7.x), column0_0, acc7_0);
      acc7_1 = fma(vec4f(run7.x), column1_0, acc7_1);
      let column0_1 = slab_b[(4u * q + 1u) * 16u + side_n + 0u];
      let column1_1 = slab_b[(4u * q + 1u) * 16u + side_n + 8u];
      acc0_0 = fma(vec4f(run0.y), column0_1, acc0_0);
      acc0_1 = fma(vec4f(run0.y), column1_1, acc0_1);
      acc1_0 = fma(vec4f(run1.y), column0_1, acc1_0);
      acc1_1 = fma(vec4f(run1.y), column1_1, acc1_1);
      acc2_0 = fma(vec4f(run2.y), column0_1, acc2_0);
      acc2_1 = fma(vec4f(run2.y), column1_1, acc2_1);
      acc3_0 = fma(vec4f(run3.y), column0_1, acc3_0);
      acc3_1 = fma(vec4f(run3.y), column1_1, acc3_1);
      acc4_0 = fma(vec4f(run4.y), column0_1, acc4_0);
      acc4_1 = fma(vec4f(run4.y), column1_1, acc4_1);
      acc5_0 = fma(vec4f(run5.y), column0_1, acc5_0);
      acc5_1 = fma(vec4f(run5.y), column1_1, acc5_1);
      acc6_0 = fma(vec4f(run6.y), column0_1, acc6_0);
      acc6_1 = fma(vec4f(run6.y), column1_1, acc6_1);
      acc7_0 = fma(vec4f(run7.y), column0_1, acc7_0);
      acc7_1 = fma(vec4f(run7.y), column1_1, acc7_1);
      let column0_2 = slab_b[(4u * q + 2u) * 16u + side_n + 0u];
      let column1_2 = slab_b[(4u * q + 2u) * 16u + side_n + 8u];
      acc0_0 = fma(vec4f(run0.z), column0_2, acc0_0);
      acc0_1 = fma(vec4f(run0.z), column1_2, acc0_1);
      acc1_0 = fma(vec4f(run1.z), column0_2, acc1_0);
      acc1_1 = fma(vec4f(run1.z), column1_2, acc1_1);
      acc2_0 = fma(vec4f(run2.z), column0_2, acc2_0);
      acc2_1 = fma(vec4f(run2.z), column1_2, acc2_1);
      acc3_0 = fma(vec4f(run3.z), column0_2, acc3_0);
      acc3_1 = fma(vec4f(run3.z), column1_2, acc3_1);
      acc4_0 = fma(vec4f(run4.z), column0_2, acc4_0);
      acc4_1 = fma(vec4f(run4.z), column1_2, acc4_1);
      acc5_0 = fma(vec4f(run5.z), column0_2, acc5_0);
      acc5_1 = fma(vec4f(run5.z), column1_2, acc5_1);
      acc6_0 = fma(vec4f(run6.z), column0_2, acc6_0);
      acc6_1 = fma(vec4f(run6.z), column1_2, acc6_1);
      acc7_0 = fma(vec4f(run7.z), column0_2, acc7_0);
      acc7_1 = fma(vec4f(run7.z), column1_2, acc7_1);
      let column0_3 = slab_b[(4u * q + 3u) * 16u + side_n + 0u];
      let column1_3 = slab_b[(4u * q + 3u) * 16u + side_n + 8u];
      acc0_0 = fma(vec4f(run0.w), column0_3, acc0_0);
      acc0_1 = fma(vec4f(run0.w), column1_3, acc0_1);
      acc1_0 = fma(vec4f(run1.w), column0_3, acc1_0);
      acc1_1 = fma(vec4f(run1.w), column1_3, acc1_1);
      acc2_0 = fma(vec4f(run2.w), column0_3, acc2_0);
      acc2_1 = fma(vec4f(run2.w), column1_3, acc2_1);
      acc3_0 = fma(vec4f(run3.w), column0_3, acc3_0);
      acc3_1 = fma(vec4f(run3.w), column1_3, acc3_1);
      acc4_0 = fma(vec4f(run4.w), column0_3, acc4_0);
      acc4_1 = fma(vec4f(run4.w), column1_3, acc4_1);
      acc5_0 = fma(vec4f(run5.w), column0_3, acc5_0);
      acc5_1 = fma(vec4f(run5.w), column1_3, acc5_1);
      acc6_0 = fma(vec4f(run6.w), column0_3, acc6_0);
      acc6_1 = fma(vec4f(run6.w), column1_3, acc6_1);
      acc7_0 = fma(vec4f(run7.w), column0_3, acc7_0);
      acc7_1 = fma(vec4f(run7.w), column1_3, acc7_1);
    }
    workgroupBarrier();
  }

  let results = array<vec4f, 16>(
    acc0_0, acc0_1, acc1_0, acc1_1, acc2_0, acc2_1, acc3_0, acc3_1, acc4_0, acc4_1, acc5_0, acc5_1, acc6_0, acc6_1, acc7_0, acc7_1,
  );
  for (var r = 0u; r < min(8u, M - m); r++) {
    let row = m + side_m + r * 8u;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 2u; v++) {
      let column = n + (side_n + v * 8u) * 4u;
      if (column < N) { store((row * N + column) / 4u, results[r * 2u + v]); }
    }
  }
}
