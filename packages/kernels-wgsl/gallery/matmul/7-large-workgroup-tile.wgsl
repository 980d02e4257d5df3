// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=6272,k=100,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 7-large-workgroup-tile for gpu, one dispatch
//
// cost        80.28 Mflop, 4.14 MB: 19.4 flop/B
// workgroups  98 x 1 x 1 of 64 invocations
// memory      9216 B, shared by a workgroup
// binding     0  a  read        vec4f  input 0   25.6 kB
// binding     1  b  read        vec4f  input 1   2.509 MB
// binding     2  c  read_write  vec4f  output 0  1.606 MB

// matmul/7-large-workgroup-tile
// c = a b: a [1,64,100], b [1,100,6272] -> c [1,64,6272].
// 64 x 64 of C a workgroup, 8 x 8 an invocation: half the loads for each multiply-add, from storage and from
// workgroup memory. Better on a GPU with tiles enough for all of its processors.
// A workgroup computes 64 x 64 of C's 64 x 6272, an invocation 8 x 8; k by 16.

const M = 64u;
const N = 6272u;
const ROWS = 64u;
const OUTER = 1u;
const INNER = 100u;
const TILES = 98u;
const TILES_N = 98u;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

fn a_line(m: u32) -> u32 { return m * (100u / 4u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER / 4u); }
fn a_load(base: u32, c: u32) -> vec4f { return a[base + c / 4u]; }

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 1568u); }
fn b_load(base: u32, c: u32) -> vec4f { return b[base + c * 1568u]; }


fn store(index: u32, result: vec4f) {
  c[index] = result;
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
  let b_line0 = b_line(block_b / 4u);
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
  let k_end = 100u;
  for (var k0 = 0u; k0 < k_end; k0 += 16u) {
    let live_a = k0 + deep_a * 4u < k_end;
    let k_a = min(k0 + deep_a * 4u, k_end - 4u);
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
    slab_a[(row_a + 0u) * 5u + deep_a] = select(vec4f(), a0, live_a);
    slab_a[(row_a + 1u) * 5u + deep_a] = select(vec4f(), a1, live_a);
    slab_a[(row_a + 2u) * 5u + deep_a] = select(vec4f(), a2, live_a);
    slab_a[(row_a + 3u) * 5u + deep_a] = select(vec4f(), a3, live_a);
    let live_b = k0 + deep_b * 4u < k_end;
    let k_b = min(k0 + deep_b * 4u, k_end - 4u);
    let o_b = k_b / INNER;
    let c_b = k_b % INNER;
    let b_base0 = b_base(b_line0, o_b);
    let b0_0 = b_load(b_base0, c_b);
    let b0_1 = b_load(b_base0, c_b + 1u);
    let b0_2 = b_load(b_base0, c_b + 2u);
    let b0_3 = b_load(b_base0, c_b + 3u);
    slab_b[(deep_b * 4u + 0u) * 16u + column_b] = select(vec4f(), b0_0, live_b);
    slab_b[(deep_b * 4u + 1u) * 16u + column_b] = select(vec4f(), b0_1, live_b);
    slab_b[(deep_b * 4u + 2u) * 16u + column_b] = select(vec4f(), b0_2, live_b);
    slab_b[(deep_b * 4u + 3u) * 16u + column_b] = select(vec4f(), b0_3, live_b);
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
