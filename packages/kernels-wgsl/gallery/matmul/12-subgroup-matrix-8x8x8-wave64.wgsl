// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=6272,k=100,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 12-subgroup-matrix-8x8x8-wave64 for gpu, one dispatch
//
// cost        80.28 Mflop, 4.14 MB: 19.4 flop/B
// workgroups  98 x 1 x 1 of 256 invocations
// memory      19456 B, shared by a workgroup
// features    chromium-experimental-subgroup-matrix, shader-f16, subgroups, subgroup_id
// binding     0  a  read        vec4f  input 0   25.6 kB
// binding     1  b  read        vec4f  input 1   2.509 MB
// binding     2  c  read_write  vec4f  output 0  1.606 MB

// matmul/12-subgroup-matrix-8x8x8-wave64
// c = a b: a [1,64,100], b [1,100,6272] -> c [1,64,6272].
// Matrix units: a subgroup multiplies 8 x 8 by 8 x 8 in one instruction, inputs in f16 and sums in f32. Slabs of
// A and B are rounded to f16 on their way into workgroup memory, and the next is loaded while the present one is
// multiplied; C leaves through workgroup memory, where the epilogue finds it in f32. Several times the rate of
// any f32 rung on a GPU that has them, for inputs of 11 bits; small products with a long k are cut into parts,
// added in order.
// A workgroup computes 64 x 64 of C's 64 x 6272, a subgroup 32 x 32; k by 64.

enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;

const M = 64u;
const N = 6272u;
const ROWS = 64u;
const OUTER = 1u;
const INNER = 100u;
const TILES = 98u;
const TILES_N = 98u;
const REGIONS = 4u;
const REGIONS_N = 2u;
const PATCH = 64u;

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

// In a matrix's type the columns come before the rows.
alias Left = subgroup_matrix_left<f16, 8, 8>;
alias Right = subgroup_matrix_right<f16, 8, 8>;
alias Sum = subgroup_matrix_result<f32, 8, 8>;
var<workgroup> slab_a: array<f16, 4608>; // [64 rows, 64 of k], a row padded by 8
var<workgroup> slab_b: array<f16, 4608>; // [64 of k, 64 columns], a row padded by 8
var<workgroup> patches: array<f32, 256>; // [REGIONS, 8, 8], a matrix of C each


fn store_patches(id: u32, m: u32, n: u32) {
  for (var i = id * 4u; i < REGIONS * PATCH; i += 1024u) {
    let region = i / PATCH;
    let r = m + region / REGIONS_N * 32u + i / 8u % 8u;
    let column = n + region % REGIONS_N * 32u + i % 8u;
    let row = r;
    if (row < ROWS && column < N) { store((row * N + column) / 4u, vec4f(patches[i], patches[i + 1u], patches[i + 2u], patches[i + 3u])); }
  }
}

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u, @builtin(subgroup_id) sid: u32) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let m = tile / TILES_N * 64u;
  let n = tile % TILES_N * 64u;
  let region_m = sid / REGIONS_N * 32u;
  let region_n = sid % REGIONS_N * 32u;
  // The 4 x 4 blocks of A (4 rows, 4 of k) and of B (4 of k, 4 columns) that this invocation fetches.
  let row_a = lid.x / 16u * 4u;
  let deep_a = lid.x % 16u * 4u;
  let column_b = lid.x % 16u * 4u;
  let deep_b = lid.x / 16u * 4u;
  let block_a = m + row_a;
  let block_b = n + column_b;
  let a_line0 = a_line(block_a);
  let a_line1 = a_line(block_a + 1u);
  let a_line2 = a_line(block_a + 2u);
  let a_line3 = a_line(block_a + 3u);
  let b_line0 = b_line(block_b / 4u);
  var next_a0 = vec4<f16>();
  var next_a1 = vec4<f16>();
  var next_a2 = vec4<f16>();
  var next_a3 = vec4<f16>();
  var next_b0 = vec4<f16>();
  var next_b1 = vec4<f16>();
  var next_b2 = vec4<f16>();
  var next_b3 = vec4<f16>();
  var sum0_0 = Sum();
  var sum0_1 = Sum();
  var sum0_2 = Sum();
  var sum0_3 = Sum();
  var sum1_0 = Sum();
  var sum1_1 = Sum();
  var sum1_2 = Sum();
  var sum1_3 = Sum();
  var sum2_0 = Sum();
  var sum2_1 = Sum();
  var sum2_2 = Sum();
  var sum2_3 = Sum();
  var sum3_0 = Sum();
  var sum3_1 = Sum();
  var sum3_2 = Sum();
  var sum3_3 = Sum();
  let k_end = 100u;
  let k_begin = 0u;
  // Each round fetches the slab at k0 and multiplies the one before; the first has none to multiply, the last none to fetch.
  for (var k0 = k_begin; k0 < k_end + 64u; k0 += 64u) {
    if (k0 < k_end) {
      let live_a = k0 + deep_a < k_end;
      let k_a = min(k0 + deep_a, k_end - 4u);
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
      next_a0 = vec4<f16>(select(vec4f(), a0, live_a));
      next_a1 = vec4<f16>(select(vec4f(), a1, live_a));
      next_a2 = vec4<f16>(select(vec4f(), a2, live_a));
      next_a3 = vec4<f16>(select(vec4f(), a3, live_a));
      let live_b = k0 + deep_b < k_end;
      let k_b = min(k0 + deep_b, k_end - 4u);
      let o_b = k_b / INNER;
      let c_b = k_b % INNER;
      let b_base0 = b_base(b_line0, o_b);
      let b0_0 = b_load(b_base0, c_b);
      let b0_1 = b_load(b_base0, c_b + 1u);
      let b0_2 = b_load(b_base0, c_b + 2u);
      let b0_3 = b_load(b_base0, c_b + 3u);
      next_b0 = vec4<f16>(select(vec4f(), b0_0, live_b));
      next_b1 = vec4<f16>(select(vec4f(), b0_1, live_b));
      next_b2 = vec4<f16>(select(vec4f(), b0_2, live_b));
      next_b3 = vec4<f16>(select(vec4f(), b0_3, live_b));
    }
    if (k0 > k_begin && sid < REGIONS) {
      for (var kk = 0u; kk < 64u; kk += 8u) {
        let right0 = subgroupMatrixLoad<Right, row_major>(&slab_b, kk * 72u + region_n + 0u, 72u);
        let right1 = subgroupMatrixLoad<Right, row_major>(&slab_b, kk * 72u + region_n + 8u, 72u);
        let right2 = subgroupMatrixLoad<Right, row_major>(&slab_b, kk * 72u + region_n + 16u, 72u);
        let right3 = subgroupMatrixLoad<Right, row_major>(&slab_b, kk * 72u + region_n + 24u, 72u);
        let left0 = subgroupMatrixLoad<Left, row_major>(&slab_a, (region_m + 0u) * 72u + kk, 72u);
        sum0_0 = subgroupMatrixMultiplyAccumulate(left0, right0, sum0_0);
        sum0_1 = subgroupMatrixMultiplyAccumulate(left0, right1, sum0_1);
        sum0_2 = subgroupMatrixMultiplyAccumulate(left0, right2, sum0_2);
        sum0_3 = subgroupMatrixMultiplyAccumulate(left0, right3, sum0_3);
        let left1 = subgroupMatrixLoad<Left, row_major>(&slab_a, (region_m + 8u) * 72u + kk, 72u);
        sum1_0 = subgroupMatrixMultiplyAccumulate(left1, right0, sum1_0);
        sum1_1 = subgroupMatrixMultiplyAccumulate(left1, right1, sum1_1);
        sum1_2 = subgroupMatrixMultiplyAccumulate(left1, right2, sum1_2);
        sum1_3 = subgroupMatrixMultiplyAccumulate(left1, right3, sum1_3);
        let left2 = subgroupMatrixLoad<Left, row_major>(&slab_a, (region_m + 16u) * 72u + kk, 72u);
        sum2_0 = subgroupMatrixMultiplyAccumulate(left2, right0, sum2_0);
        sum2_1 = subgroupMatrixMultiplyAccumulate(left2, right1, sum2_1);
        sum2_2 = subgroupMatrixMultiplyAccumulate(left2, right2, sum2_2);
        sum2_3 = subgroupMatrixMultiplyAccumulate(left2, right3, sum2_3);
        let left3 = subgroupMatrixLoad<Left, row_major>(&slab_a, (region_m + 24u) * 72u + kk, 72u);
        sum3_0 = subgroupMatrixMultiplyAccumulate(left3, right0, sum3_0);
        sum3_1 = subgroupMatrixMultiplyAccumulate(left3, right1, sum3_1);
        sum3_2 = subgroupMatrixMultiplyAccumulate(left3, right2, sum3_2);
        sum3_3 = subgroupMatrixMultiplyAccumulate(left3, right3, sum3_3);
      }
    }
    workgroupBarrier();
    slab_a[(row_a + 0u) * 72u + deep_a + 0u] = next_a0.x;
    slab_a[(row_a + 0u) * 72u + deep_a + 1u] = next_a0.y;
    slab_a[(row_a + 0u) * 72u + deep_a + 2u] = next_a0.z;
    slab_a[(row_a + 0u) * 72u + deep_a + 3u] = next_a0.w;
    slab_a[(row_a + 1u) * 72u + deep_a + 0u] = next_a1.x;
    slab_a[(row_a + 1u) * 72u + deep_a + 1u] = next_a1.y;
    slab_a[(row_a + 1u) * 72u + deep_a + 2u] = next_a1.z;
    slab_a[(row_a + 1u) * 72u + deep_a + 3u] = next_a1.w;
    slab_a[(row_a + 2u) * 72u + deep_a + 0u] = next_a2.x;
    slab_a[(row_a + 2u) * 72u + deep_a + 1u] = next_a2.y;
    slab_a[(row_a + 2u) * 72u + deep_a + 2u] = next_a2.z;
    slab_a[(row_a + 2u) * 72u + deep_a + 3u] = next_a2.w;
    slab_a[(row_a + 3u) * 72u + deep_a + 0u] = next_a3.x;
    slab_a[(row_a + 3u) * 72u + deep_a + 1u] = next_a3.y;
    slab_a[(row_a + 3u) * 72u + deep_a + 2u] = next_a3.z;
    slab_a[(row_a + 3u) * 72u + deep_a + 3u] = next_a3.w;
    slab_b[(deep_b + 0u) * 72u + column_b + 0u] = next_b0.x;
    slab_b[(deep_b + 0u) * 72u + column_b + 1u] = next_b0.y;
    slab_b[(deep_b + 0u) * 72u + column_b + 2u] = next_b0.z;
    slab_b[(deep_b + 0u) * 72u + column_b + 3u] = next_b0.w;
    slab_b[(deep_b + 1u) * 72u + column_b + 0u] = next_b1.x;
    slab_b[(deep_b + 1u) * 72u + column_b + 1u] = next_b1.y;
    slab_b[(deep_b + 1u) * 72u + column_b + 2u] = next_b1.z;
    slab_b[(deep_b + 1u) * 72u + column_b + 3u] = next_b1.w;
    slab_b[(deep_b + 2u) * 72u + column_b + 0u] = next_b2.x;
    slab_b[(deep_b + 2u) * 72u + column_b + 1u] = next_b2.y;
    slab_b[(deep_b + 2u) * 72u + column_b + 2u] = next_b2.z;
    slab_b[(deep_b + 2u) * 72u + column_b + 3u] = next_b2.w;
    slab_b[(deep_b + 3u) * 72u + column_b + 0u] = next_b3.x;
    slab_b[(deep_b + 3u) * 72u + column_b + 1u] = next_b3.y;
    slab_b[(deep_b + 3u) * 72u + column_b + 2u] = next_b3.z;
    slab_b[(deep_b + 3u) * 72u + column_b + 3u] = next_b3.w;
    workgroupBarrier();
  }
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum0_0, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 0u, n + 0u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum0_1, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 0u, n + 8u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum0_2, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 0u, n + 16u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum0_3, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 0u, n + 24u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum1_0, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 8u, n + 0u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum1_1, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 8u, n + 8u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum1_2, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 8u, n + 16u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum1_3, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 8u, n + 24u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum2_0, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 16u, n + 0u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum2_1, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 16u, n + 8u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum2_2, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 16u, n + 16u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum2_3, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 16u, n + 24u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum3_0, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 24u, n + 0u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum3_1, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 24u, n + 8u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum3_2, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 24u, n + 16u);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum3_3, 8u); }
  workgroupBarrier();
  store_patches(lid.x, m + 24u, n + 24u);
  workgroupBarrier();
}
