// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 6-workgroup-register-tile for gpu, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  128 x 1 x 1 of 64 invocations
// memory      8704 B, shared by a workgroup
// binding     0  x   read        vec4f  input 0   3.211 MB
// binding     1  dy  read        vec4f  input 1   1.606 MB
// binding     2  dw  read_write  vec4f  output 0  524.3 kB

// conv2d-weight-grad/6-workgroup-register-tile
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dw like w, dy like y.
// Workgroup memory and registers together: 64 invocations share 32 x 32 of C, 4 x 4 each. An element comes from
// storage once a tile, and from workgroup memory once for every four multiply-adds. The first rung that keeps a
// GPU busy with arithmetic, and the one where larger tiles leave processors idle.
// A workgroup computes 32 x 32 of C's 1024 x 128, an invocation 4 x 4; k by 32.

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
const TILES = 128u;
const TILES_N = 4u;

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

var<workgroup> slab_a: array<vec4f, 288>; // [32 rows, 32 of k], a row padded by 4
var<workgroup> slab_b: array<vec4f, 256>; // [32 of k, 32 columns]

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let m = tile / TILES_N * 32u;
  let n = tile % TILES_N * 32u;
  let side_m = lid.x / 8u;
  let side_n = lid.x % 8u;
  // The 4 x 4 blocks of A (4 rows, 4 of k) and of B (4 of k, 4 columns) that this invocation fetches.
  let row_a = lid.x / 8u * 4u;
  let deep_a = lid.x % 8u;
  let column_b = lid.x % 8u;
  let deep_b = lid.x / 8u;
  let block_a = m + row_a;
  let block_b = n + column_b * 4u;
  let a_line0 = a_line(block_a / 4u);
  let b_line0 = b_line(block_b / 4u);
  var acc0_0 = vec4f();
  var acc1_0 = vec4f();
  var acc2_0 = vec4f();
  var acc3_0 = vec4f();
  let k_end = 3136u;
  for (var k0 = 0u; k0 < k_end; k0 += 32u) {
    let live_a = vec4u(k0 + deep_a * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(k_end);
    let k_a0 = min(k0 + deep_a * 4u + 0u, k_end - 1u);
    let o_a0 = k_a0 / INNER;
    let c_a0 = k_a0 % INNER;
    let a_base0_0 = a_base(a_line0, o_a0);
    let a0_0 = a_load(a_base0_0, c_a0);
    let k_a1 = min(k0 + deep_a * 4u + 1u, k_end - 1u);
    let o_a1 = k_a1 / INNER;
    let c_a1 = k_a1 % INNER;
    let a_base0_1 = a_base(a_line0, o_a1);
    let a0_1 = a_load(a_base0_1, c_a1);
    let k_a2 = min(k0 + deep_a * 4u + 2u, k_end - 1u);
    let o_a2 = k_a2 / INNER;
    let c_a2 = k_a2 % INNER;
    let a_base0_2 = a_base(a_line0, o_a2);
    let a0_2 = a_load(a_base0_2, c_a2);
    let k_a3 = min(k0 + deep_a * 4u + 3u, k_end - 1u);
    let o_a3 = k_a3 / INNER;
    let c_a3 = k_a3 % INNER;
    let a_base0_3 = a_base(a_line0, o_a3);
    let a0_3 = a_load(a_base0_3, c_a3);
    slab_a[(row_a + 0u) * 9u + deep_a] = select(vec4f(), vec4f(a0_0.x, a0_1.x, a0_2.x, a0_3.x), live_a);
    slab_a[(row_a + 1u) * 9u + deep_a] = select(vec4f(), vec4f(a0_0.y, a0_1.y, a0_2.y, a0_3.y), live_a);
    slab_a[(row_a + 2u) * 9u + deep_a] = select(vec4f(), vec4f(a0_0.z, a0_1.z, a0_2.z, a0_3.z), live_a);
    slab_a[(row_a + 3u) * 9u + deep_a] = select(vec4f(), vec4f(a0_0.w, a0_1.w, a0_2.w, a0_3.w), live_a);
    let live_b = vec4u(k0 + deep_b * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(k_end);
    let k_b0 = min(k0 + deep_b * 4u + 0u, k_end - 1u);
    let o_b0 = k_b0 / INNER;
    let c_b0 = k_b0 % INNER;
    let b_base0_0 = b_base(b_line0, o_b0);
    let b0_0 = b_load(b_base0_0, c_b0);
    let k_b1 = min(k0 + deep_b * 4u + 1u, k_end - 1u);
    let o_b1 = k_b1 / INNER;
    let c_b1 = k_b1 % INNER;
    let b_base0_1 = b_base(b_line0, o_b1);
    let b0_1 = b_load(b_base0_1, c_b1);
    let k_b2 = min(k0 + deep_b * 4u + 2u, k_end - 1u);
    let o_b2 = k_b2 / INNER;
    let c_b2 = k_b2 % INNER;
    let b_base0_2 = b_base(b_line0, o_b2);
    let b0_2 = b_load(b_base0_2, c_b2);
    let k_b3 = min(k0 + deep_b * 4u + 3u, k_end - 1u);
    let o_b3 = k_b3 / INNER;
    let c_b3 = k_b3 % INNER;
    let b_base0_3 = b_base(b_line0, o_b3);
    let b0_3 = b_load(b_base0_3, c_b3);
    slab_b[(deep_b * 4u + 0u) * 8u + column_b] = select(vec4f(), b0_0, live_b.x);
    slab_b[(deep_b * 4u + 1u) * 8u + column_b] = select(vec4f(), b0_1, live_b.y);
    slab_b[(deep_b * 4u + 2u) * 8u + column_b] = select(vec4f(), b0_2, live_b.z);
    slab_b[(deep_b * 4u + 3u) * 8u + column_b] = select(vec4f(), b0_3, live_b.w);
    workgroupBarrier();
    for (var q = 0u; q < 8u; q++) {
      let run0 = slab_a[(side_m + 0u) * 9u + q];
      let run1 = slab_a[(side_m + 8u) * 9u + q];
      let run2 = slab_a[(side_m + 16u) * 9u + q];
      let run3 = slab_a[(side_m + 24u) * 9u + q];
      let column0_0 = slab_b[(4u * q + 0u) * 8u + side_n + 0u];
      acc0_0 = fma(vec4f(run0.x), column0_0, acc0_0);
      acc1_0 = fma(vec4f(run1.x), column0_0, acc1_0);
      acc2_0 = fma(vec4f(run2.x), column0_0, acc2_0);
      acc3_0 = fma(vec4f(run3.x), column0_0, acc3_0);
      let column0_1 = slab_b[(4u * q + 1u) * 8u + side_n + 0u];
      acc0_0 = fma(vec4f(run0.y), column0_1, acc0_0);
      acc1_0 = fma(vec4f(run1.y), column0_1, acc1_0);
      acc2_0 = fma(vec4f(run2.y), column0_1, acc2_0);
      acc3_0 = fma(vec4f(run3.y), column0_1, acc3_0);
      let column0_2 = slab_b[(4u * q + 2u) * 8u + side_n + 0u];
      acc0_0 = fma(vec4f(run0.z), column0_2, acc0_0);
      acc1_0 = fma(vec4f(run1.z), column0_2, acc1_0);
      acc2_0 = fma(vec4f(run2.z), column0_2, acc2_0);
      acc3_0 = fma(vec4f(run3.z), column0_2, acc3_0);
      let column0_3 = slab_b[(4u * q + 3u) * 8u + side_n + 0u];
      acc0_0 = fma(vec4f(run0.w), column0_3, acc0_0);
      acc1_0 = fma(vec4f(run1.w), column0_3, acc1_0);
      acc2_0 = fma(vec4f(run2.w), column0_3, acc2_0);
      acc3_0 = fma(vec4f(run3.w), column0_3, acc3_0);
    }
    workgroupBarrier();
  }

  let results = array<vec4f, 4>(
    acc0_0, acc1_0, acc2_0, acc3_0,
  );
  for (var r = 0u; r < min(4u, M - m); r++) {
    let row = m + side_m + r * 8u;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 1u; v++) {
      let column = n + (side_n + v * 8u) * 4u;
      if (column < N) { store((row * N + column) / 4u, results[r * 1u + v]); }
    }
  }
}
