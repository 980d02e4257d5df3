// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 1-workgroup-tile for gpu, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  784 x 1 x 4 of 256 invocations
// memory      2048 B, shared by a workgroup
// binding     0  dy  read        f32  input 0   1.606 MB
// binding     1  w   read        f32  input 1   524.3 kB
// binding     2  dx  read_write  f32  output 0  3.211 MB

// conv2d-input-grad/1-workgroup-tile
// dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dx like x, dy like y.
// The 256 invocations of a workgroup fetch 16 x 16 slabs of A and B into workgroup memory together, one element
// of each an invocation, and all multiply from there: a sixteenth of the loads from storage. It pays on a GPU,
// where that memory is on the chip; a CPU has caches already, emulates the memory in them, and loses half its
// speed to the barriers.
// A workgroup computes 16 x 16 of C's 3136 x 64, an invocation one element; k by 16.

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
const TILES = 784u;
const TILES_N = 4u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

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

fn store(index: u32, result: f32) {
  dx[index] = result;
}

var<workgroup> slab_a: array<f32, 256>; // [16 rows, 16 of k]
var<workgroup> slab_b: array<f32, 256>; // [16 of k, 16 columns]

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let phase = wid.z;
  let side_m = lid.x / 16u;
  let side_n = lid.x % 16u;
  let m = tile / TILES_N * 16u + side_m;
  let n = tile % TILES_N * 16u + side_n;
  // Beyond C's last row or column the last is computed again, and not stored.
  let line_a = a_line(min(m, M - 1u), phase);
  let line_b = b_line(min(n, N - 1u), phase);
  let k_end = outer_steps(phase) * INNER;
  var sum = 0.0f;
  for (var k0 = 0u; k0 < k_end; k0 += 16u) {
    // Beyond the end of k the last element is loaded, and counts as zero.
    let k_a = min(k0 + side_n, k_end - 1u);
    let k_b = min(k0 + side_m, k_end - 1u);
    let a = a_load(a_base(line_a, k_a / INNER), k_a % INNER);
    let b = b_load(b_base(line_b, k_b / INNER), k_b % INNER);
    slab_a[lid.x] = select(0.0f, a, k0 + side_n < k_end);
    slab_b[lid.x] = select(0.0f, b, k0 + side_m < k_end);
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) { sum += slab_a[side_m * 16u + k] * slab_b[k * 16u + side_n]; }
    workgroupBarrier();
  }
  if (m >= M || n >= N) { return; }
  let row = output_row(m, phase);
  if (row < ROWS) { store(row * N + n, sum); }
}
