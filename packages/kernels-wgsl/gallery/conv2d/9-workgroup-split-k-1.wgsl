// conv2d: convolution of x [NHWC] with w [HWIO]
// x=8x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 9-workgroup-split-k for gpu, dispatch 1 of 2
//
// cost        88.6 Mflop, 1.729 MB: 51.3 flop/B
// workgroups  52 x 1 x 4 of 64 invocations
// memory      8704 B, shared by a workgroup
// binding     0  x      read        vec4f  input 0  401.4 kB
// binding     1  w      read        vec4f  input 1  524.3 kB
// binding     2  parts  read_write  vec4f  temp 0   802.8 kB

// conv2d/9-workgroup-split-k
// y[i, oh, ow, co] = sum over kh, kw, ci of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * w[kh, kw, ci, co]:
// x [8, 14, 14, 64], w [4, 4, 64, 128], y [8, 7, 7, 128]
// The workgroup tiles with k cut into parts, which a second dispatch adds in order: for a GPU and a small C with
// a long k. The tile is 64 x 64 where its parts fill the machine, else 32 x 32.
// A workgroup computes 32 x 32 of C's 392 x 128, an invocation 4 x 4; k by 32.
// Slice z of the grid sums part z of k; parts holds 4 partial results.

const H = 14u;
const W = 14u;
const CI = 64u;
const OH = 7u;
const OW = 7u;
const SY = 2u;
const SX = 2u;
const PT = 1u;
const PL = 1u;
const M = 392u;
const N = 128u;
const ROWS = 392u;
const OUTER = 4u;
const INNER = 256u;
const TILES = 52u;
const TILES_N = 4u;
const PART = 256u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

// The image, and the top left corner of output pixel m's window.
fn a_line(m: u32) -> vec3i {
  return vec3i(vec3u(m / (OH * OW), m / OW % OH * SY, m % OW * SX)) - vec3i(vec3u(0u, PT, PL));
}
// Where the image's row begins that row o of the window meets, and the window's place in it.
fn a_base(line: vec3i, o: u32) -> vec2i {
  let h = line.y + i32(o);
  let row = vec2i((line.x * i32(H) + h) * i32(W * CI / 4u), line.z * i32(CI / 4u));
  return select(vec2i(0, OUTSIDE), row, u32(h) < H);
}
fn a_load(base: vec2i, c: u32) -> vec4f {
  let place = base.y + i32(c / 4u);
  let inside = u32(place) < W * CI / 4u;
  return select(vec4f(), x[select(0, base.x + place, inside)], inside);
}
// A place left of every row, whatever is added to it.
const OUTSIDE = -0x40000000;

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 32u); }
fn b_load(base: u32, c: u32) -> vec4f { return w[base + c * 32u]; }


fn store(index: u32, result: vec4f) {
  parts[index] = result;
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
  let a_line0 = a_line(min(block_a, 391u));
  let a_line1 = a_line(min(block_a + 1u, 391u));
  let a_line2 = a_line(min(block_a + 2u, 391u));
  let a_line3 = a_line(min(block_a + 3u, 391u));
  let b_line0 = b_line(block_b / 4u);
  var acc0_0 = vec4f();
  var acc1_0 = vec4f();
  var acc2_0 = vec4f();
  var acc3_0 = vec4f();
  let k_end = min(1024u, wid.z * PART + PART);
  for (var k0 = wid.z * PART; k0 < k_end; k0 += 32u) {
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
    let b0_0 = b_load(b_base0, c_b);
    let b0_1 = b_load(b_base0, c_b + 1u);
    let b0_2 = b_load(b_base0, c_b + 2u);
    let b0_3 = b_load(b_base0, c_b + 3u);
    slab_b[(deep_b * 4u + 0u) * 8u + column_b] = b0_0;
    slab_b[(deep_b * 4u + 1u) * 8u + column_b] = b0_1;
    slab_b[(deep_b * 4u + 2u) * 8u + column_b] = b0_2;
    slab_b[(deep_b * 4u + 3u) * 8u + column_b] = b0_3;
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
      if (column < N) { store((wid.z * (ROWS * N) + row * N + column) / 4u, results[r * 1u + v]); }
    }
  }
}
