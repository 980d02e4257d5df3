// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 6-workgroup-register-tile for gpu, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  196 x 1 x 4 of 64 invocations
// memory      8704 B, shared by a workgroup
// binding     0  dy  read        vec4f  input 0   1.606 MB
// binding     1  w   read        vec4f  input 1   524.3 kB
// binding     2  dx  read_write  vec4f  output 0  3.211 MB

// conv2d-input-grad/6-workgroup-register-tile
// dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dx like x, dy like y.
// Workgroup memory and registers together: 64 invocations share 32 x 32 of C, 4 x 4 each. An element comes from
// storage once a tile, and from workgroup memory once for every four multiply-adds. The first rung that keeps a
// GPU busy with arithmetic, and the one where larger tiles leave processors idle.
// A workgroup computes 32 x 32 of C's 3136 x 64, an invocation 4 x 4; k by 32.

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
const TILES = 196u;
const TILES_N = 2u;

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

var<workgroup> slab_a: array<vec4f, 288>; // [32 rows, 32 of k], a row padded by 4
var<workgroup> slab_b: array<vec4f, 256>; // [32 of k, 32 columns]

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let phase = wid.z;
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
  let a_line0 = a_line(block_a, phase);
  let a_line1 = a_line(block_a + 1u, phase);
  let a_line2 = a_line(block_a + 2u, phase);
  let a_line3 = a_line(block_a + 3u, phase);
  let b_line0 = b_line(block_b, phase);
  let b_line1 = b_line(block_b + 1u, phase);
  let b_line2 = b_line(block_b + 2u, phase);
  let b_line3 = b_line(block_b + 3u, phase);
  var acc0_0 = vec4f();
  var acc1_0 = vec4f();
  var acc2_0 = vec4f();
  var acc3_0 = vec4f();
  let k_end = outer_steps(phase) * INNER;
  for (var k0 = 0u; k0 < k_end; k0 += 32u) {
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
    slab_a[(row_a + 0u) * 9u + deep_a] = a0;
    slab_a[(row_a + 1u) * 9u + deep_a] = a1;
    slab_a[(row_a + 2u) * 9u + deep_a] = a2;
    slab_a[(row_a + 3u) * 9u + deep_a] = a3;
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
    slab_b[(deep_b * 4u + 0u) * 8u + column_b] = vec4f(b0.x, b1.x, b2.x, b3.x);
    slab_b[(deep_b * 4u + 1u) * 8u + column_b] = vec4f(b0.y, b1.y, b2.y, b3.y);
    slab_b[(deep_b * 4u + 2u) * 8u + column_b] = vec4f(b0.z, b1.z, b2.z, b3.z);
    slab_b[(deep_b * 4u + 3u) * 8u + column_b] = vec4f(b0.w, b1.w, b2.w, b3.w);
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
    let row = output_row(m + side_m + r * 8u, phase);
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 1u; v++) {
      let column = n + (side_n + v * 8u) * 4u;
      if (column < N) { store((row * N + column) / 4u, results[r * 1u + v]); }
    }
  }
}
