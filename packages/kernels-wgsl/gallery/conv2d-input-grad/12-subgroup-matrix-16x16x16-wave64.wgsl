// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 12-subgroup-matrix-16x16x16-wave64 for gpu, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  49 x 1 x 4 of 256 invocations
// memory      22528 B, shared by a workgroup
// features    chromium-experimental-subgroup-matrix, shader-f16, subgroups, subgroup_id
// binding     0  dy  read        vec4f  input 0   1.606 MB
// binding     1  w   read        vec4f  input 1   524.3 kB
// binding     2  dx  read_write  vec4f  output 0  3.211 MB

// conv2d-input-grad/12-subgroup-matrix-16x16x16-wave64
// dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dx like x, dy like y.
// Matrix units: a subgroup multiplies 16 x 16 by 16 x 16 in one instruction, inputs in f16 and sums in f32.
// Slabs of A and B are rounded to f16 on their way into workgroup memory, and the next is loaded while the
// present one is multiplied; C leaves through workgroup memory, where the epilogue finds it in f32. Several
// times the rate of any f32 rung on a GPU that has them, for inputs of 11 bits; small products with a long k are
// cut into parts, added in order.
// A workgroup computes 64 x 64 of C's 3136 x 64, a subgroup 32 x 32; k by 64.

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
const TILES = 49u;
const TILES_N = 1u;
const REGIONS = 4u;
const REGIONS_N = 2u;
const PATCH = 256u;

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
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
  return select(-1, ((line.x * i32(OH) + place.x) * i32(OW) + place.y) * i32(CO / 4u), inside);
}
fn a_load(base: i32, c: u32) -> vec4f {
  return select(vec4f(), dy[u32(max(base, 0)) + c / 4u], base >= 0);
}

// The input channel, the phase's first tap, and its taps in x.
fn b_line(n: u32, phase: u32) -> vec4u { return vec4u(n, first_tap(phase), taps(phase).y); }
fn b_base(line: vec4u, o: u32) -> u32 {
  let tap = line.yz + tap_at(o, line.w) * vec2u(SY, SX);
  return ((tap.x * KW + tap.y) * CI + line.x) * (CO / 4u);
}
fn b_load(base: u32, c: u32) -> vec4f { return w[base + c / 4u]; }

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

// In a matrix's type the columns come before the rows.
alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Sum = subgroup_matrix_result<f32, 16, 16>;
var<workgroup> slab_a: array<f16, 4608>; // [64 rows, 64 of k], a row padded by 8
var<workgroup> slab_b: array<f16, 4608>; // [64 of k, 64 columns], a row padded by 8
var<workgroup> patches: array<f32, 1024>; // [REGIONS, 16, 16], a matrix of C each


fn store_patches(id: u32, m: u32, n: u32, phase: u32) {
  for (var i = id * 4u; i < REGIONS * PATCH; i += 1024u) {
    let region = i / PATCH;
    let r = m + region / REGIONS_N * 32u + i / 16u % 16u;
    let column = n + region % REGIONS_N * 32u + i % 16u;
    let row = output_row(r, phase);
    if (row < ROWS && column < N) { store((row * N + column) / 4u, vec4f(patches[i], patches[i + 1u], patches[i + 2u], patches[i + 3u])); }
  }
}

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u, @builtin(subgroup_id) sid: u32) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let phase = wid.z;
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
  let a_line0 = a_line(block_a, phase);
  let a_line1 = a_line(block_a + 1u, phase);
  let a_line2 = a_line(block_a + 2u, phase);
  let a_line3 = a_line(block_a + 3u, phase);
  let b_line0 = b_line(block_b, phase);
  let b_line1 = b_line(block_b + 1u, phase);
  let b_line2 = b_line(block_b + 2u, phase);
  let b_line3 = b_line(block_b + 3u, phase);
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
  let k_end = outer_steps(phase) * INNER;
  let k_begin = 0u;
  // Each round fetches the slab at k0 and multiplies the one before; the first has none to multiply, the last none to fetch.
  for (var k0 = k_begin; k0 < k_end + 64u; k0 += 64u) {
    if (k0 < k_end) {
      let k_a = k0 + deep_a;
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
      next_a0 = vec4<f16>(a0);
      next_a1 = vec4<f16>(a1);
      next_a2 = vec4<f16>(a2);
      next_a3 = vec4<f16>(a3);
      let k_b = k0 + deep_b;
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
      next_b0 = vec4<f16>(vec4f(b0.x, b1.x, b2.x, b3.x));
      next_b1 = vec4<f16>(vec4f(b0.y, b1.y, b2.y, b3.y));
      next_b2 = vec4<f16>(vec4f(b0.z, b1.z, b2.z, b3.z));
      next_b3 = vec4<f16>(vec4f(b0.w, b1.w, b2.w, b3.w));
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
