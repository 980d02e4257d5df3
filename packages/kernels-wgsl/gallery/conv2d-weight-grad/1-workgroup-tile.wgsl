// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 1-workgroup-tile for gpu, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  512 x 1 x 1 of 256 invocations
// memory      2048 B, shared by a workgroup
// binding     0  x   read        f32  input 0   3.211 MB
// binding     1  dy  read        f32  input 1   1.606 MB
// binding     2  dw  read_write  f32  output 0  524.3 kB

// conv2d-weight-grad/1-workgroup-tile
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dw like w, dy like y.
// The 256 invocations of a workgroup fetch 16 x 16 slabs of A and B into workgroup memory together, one element
// of each an invocation, and all multiply from there: a sixteenth of the loads from storage. It pays on a GPU,
// where that memory is on the chip; a CPU has caches already, emulates the memory in them, and loses half its
// speed to the barriers.
// A workgroup computes 16 x 16 of C's 1024 x 128, an invocation one element; k by 16.

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
const TILES = 512u;
const TILES_N = 8u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

// Where tap (kh, kw) of output pixel (0, 0) lies in the image, and the channel.
fn a_line(m: u32) -> vec3i {
  let tap = m / CI;
  return vec3i(vec3u(tap / KW, tap % KW, m % CI)) - vec3i(vec3u(PT, PL, 0u));
}
// Outer step o is strip o % STRIPS of image o / STRIPS: where the tap of its first pixel lies in x, and its row and column.
fn a_base(line: vec3i, o: u32) -> vec3i {
  let h = i32(o % STRIPS * (STRIP * SY)) + line.x;
  return vec3i(((i32(o / STRIPS * H) + h) * i32(W) + line.y) * i32(CI) + line.z, h, line.y);
}
fn a_load(base: vec3i, c: u32) -> f32 {
  let step = vec2u(c / OW, c % OW) * vec2u(SY, SX);
  let inside = all(vec2u(base.yz) + step < vec2u(H, W));
  return select(f32(), x[select(0, base.x + i32((step.x * W + step.y) * CI), inside)], inside);
}

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 128u); }
fn b_load(base: u32, c: u32) -> f32 { return dy[base + c * 128u]; }


fn store(index: u32, result: f32) {
  dw[index] = result;
}

var<workgroup> slab_a: array<f32, 256>; // [16 rows, 16 of k]
var<workgroup> slab_b: array<f32, 256>; // [16 of k, 16 columns]

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let side_m = lid.x / 16u;
  let side_n = lid.x % 16u;
  let m = tile / TILES_N * 16u + side_m;
  let n = tile % TILES_N * 16u + side_n;
  // Beyond C's last row or column the last is computed again, and not stored.
  let line_a = a_line(min(m, M - 1u));
  let line_b = b_line(min(n, N - 1u));
  let k_end = 3136u;
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
  let row = m;
  if (row < ROWS) { store(row * N + n, sum); }
}
