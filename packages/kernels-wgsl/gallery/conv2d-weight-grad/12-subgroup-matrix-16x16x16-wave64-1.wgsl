// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 12-subgroup-matrix-16x16x16-wave64 for gpu, dispatch 1 of 2
//
// cost        708.8 Mflop, 9.011 MB: 78.7 flop/B
// workgroups  32 x 1 x 8 of 256 invocations
// memory      22528 B, shared by a workgroup
// features    chromium-experimental-subgroup-matrix, shader-f16, subgroups, subgroup_id
// binding     0  x      read        vec4f  input 0  3.211 MB
// binding     1  dy     read        vec4f  input 1  1.606 MB
// binding     2  parts  read_write  vec4f  temp 0   4.194 MB

// conv2d-weight-grad/12-subgroup-matrix-16x16x16-wave64
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dw like w, dy like y.
// Matrix units: a subgroup multiplies 16 x 16 by 16 x 16 in one instruction, inputs in f16 and sums in f32.
// Slabs of A and B are rounded to f16 on their way into workgroup memory, and the next is loaded while the
// present one is multiplied; C leaves through workgroup memory, where the epilogue finds it in f32. Several
// times the rate of any f32 rung on a GPU that has them, for inputs of 11 bits; small products with a long k are
// cut into parts, added in order.
// A workgroup computes 64 x 64 of C's 1024 x 128, a subgroup 32 x 32; k by 64.
// Slice z of the grid sums part z of k; parts holds 8 partial results.

enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;

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
const TILES = 32u;
const TILES_N = 2u;
const REGIONS = 4u;
const REGIONS_N = 2u;
const PATCH = 256u;
const PART = 392u;

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

// In a matrix's type the columns come before the rows.
alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Sum = subgroup_matrix_result<f32, 16, 16>;
var<workgroup> slab_a: array<f16, 4608>; // [64 rows, 64 of k], a row padded by 8
var<workgroup> slab_b: array<f16, 4608>; // [64 of k, 64 columns], a row padded by 8
var<workgroup> patches: array<f32, 1024>; // [REGIONS, 16, 16], a matrix of C each


fn store_patches(id: u32, m: u32, n: u32, part: u32) {
  for (var i = id * 4u; i < REGIONS * PATCH; i += 1024u) {
    let region = i / PATCH;
    let r = m + region / REGIONS_N * 32u + i / 16u % 16u;
    let column = n + region % REGIONS_N * 32u + i % 16u;
    let row = r;
    if (row < ROWS && column < N) { store((part * (ROWS * N) + row * N + column) / 4u, vec4f(patches[i], patches[i + 1u], patches[i + 2u], patches[i + 3u])); }
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
  let a_line0 = a_line(block_a / 4u);
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
  var sum1_0 = Sum();
  var sum1_1 = Sum();
  let k_end = min(3136u, wid.z * PART + PART);
  let k_begin = wid.z * PART;
  // Each round fetches the slab at k0 and multiplies the one before; the first has none to multiply, the last none to fetch.
  for (var k0 = k_begin; k0 < k_end + 64u; k0 += 64u) {
    if (k0 < k_end) {
      let live_a = vec4u(k0 + deep_a) + vec4u(0u, 1u, 2u, 3u) < vec4u(k_end);
      let k_a0 = min(k0 + deep_a + 0u, k_end - 1u);
      let o_a0 = k_a0 / INNER;
      let c_a0 = k_a0 % INNER;
      let a_base0_0 = a_base(a_line0, o_a0);
      let a0_0 = a_load(a_base0_0, c_a0);
      let k_a1 = min(k0 + deep_a + 1u, k_end - 1u);
      let o_a1 = k_a1 / INNER;
      let c_a1 = k_a1 % INNER;
      let a_base0_1 = a_base(a_line0, o_a1);
      let a0_1 = a_load(a_base0_1, c_a1);
      let k_a2 = min(k0 + deep_a + 2u, k_end - 1u);
      let o_a2 = k_a2 / INNER;
      let c_a2 = k_a2 % INNER;
      let a_base0_2 = a_base(a_line0, o_a2);
      let a0_2 = a_load(a_base0_2, c_a2);
      let k_a3 = min(k0 + deep_a + 3u, k_end - 1u);
      let o_a3 = k_a3 / INNER;
      let c_a3 = k_a3 % INNER;
      let a_base0_3 = a_base(a_line0, o_a3);
      let a0_3 = a_load(a_base0_3, c_a3);
      next_a0 = vec4<f16>(select(vec4f(), vec4f(a0_0.x, a0_1.x, a0_2.x, a0_3.x), live_a));
      next_a1 = vec4<f16>(select(vec4f(), vec4f(a0_0.y, a0_1.y, a0_2.y, a0_3.y), live_a));
      next_a2 = vec4<f16>(select(vec4f(), vec4f(a0_0.z, a0_1.z, a0_2.z, a0_3.z), live_a));
      next_a3 = vec4<f16>(select(vec4f(), vec4f(a0_0.w, a0_1.w, a0_2.w, a0_3.w), live_a));
      let live_b = vec4u(k0 + deep_b) + vec4u(0u, 1u, 2u, 3u) < vec4u(k_end);
      let k_b0 = min(k0 + deep_b + 0u, k_end - 1u);
      let o_b0 = k_b0 / INNER;
      let c_b0 = k_b0 % INNER;
      let b_base0_0 = b_base(b_line0, o_b0);
      let b0_0 = b_load(b_base0_0, c_b0);
      let k_b1 = min(k0 + deep_b + 1u, k_end - 1u);
      let o_b1 = k_b1 / INNER;
      let c_b1 = k_b1 % INNER;
      let b_base0_1 = b_base(b_line0, o_b1);
      let b0_1 = b_load(b_base0_1, c_b1);
      let k_b2 = min(k0 + deep_b + 2u, k_end - 1u);
      let o_b2 = k_b2 / INNER;
      let c_b2 = k_b2 % INNER;
      let b_base0_2 = b_base(b_line0, o_b2);
      let b0_2 = b_load(b_base0_2, c_b2);
      let k_b3 = min(k0 + deep_b + 3u, k_end - 1u);
      let o_b3 = k_b3 / INNER;
      let c_b3 = k_b3 % INNER;
      let b_base0_3 = b_base(b_line0, o_b3);
      let b0_3 = b_load(b_base0_3, c_b3);
      next_b0 = vec4<f16>(select(vec4f(), b0_0, live_b.x));
      next_b1 = vec4<f16>(select(vec4f(), b0_1, live_b.y));
      next_b2 = vec4<f16>(select(vec4f(), b0_2, live_b.z));
      next_b3 = vec4<f16>(select(vec4f(), b0_3, live_b.w));
    }
    if (k0 > k_begin && sid < REGIONS) {
      for (var kk = 0u; kk < 64u; kk += 16u) {
        let right0 = subgroupMatrixLoad<Right, row_major>(&slab_b, kk * 72u + region_n + 0u, 72u);
        let right1 = subgroupMatrixLoad<Right, row_major>(&slab_b, kk * 72u + region_n + 16u, 72u);
        let left0 = subgroupMatrixLoad<Left, row_major>(&slab_a, (region_m + 0u) * 72u + kk, 72u);
        sum0_0 = subgroupMatrixMultiplyAccumulate(left0, right0, sum0_0);
        sum0_1 = subgroupMatrixMultiplyAccumulate(left0, right1, sum0_1);
        let left1 = subgroupMatrixLoad<Left, row_major>(&slab_a, (region_m + 16u) * 72u + kk, 72u);
        sum1_0 = subgroupMatrixMultiplyAccumulate(left1, right0, sum1_0);
        sum1_1 = subgroupMatrixMultiplyAccumulate(left1, right1, sum1_1);
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
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum0_0, 16u); }
  workgroupBarrier();
  store_patches(lid.x, m + 0u, n + 0u, wid.z);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum0_1, 16u); }
  workgroupBarrier();
  store_patches(lid.x, m + 0u, n + 16u, wid.z);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum1_0, 16u); }
  workgroupBarrier();
  store_patches(lid.x, m + 16u, n + 0u, wid.z);
  workgroupBarrier();
  if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, sum1_1, 16u); }
  workgroupBarrier();
  store_patches(lid.x, m + 16u, n + 16u, wid.z);
  workgroupBarrier();
}
