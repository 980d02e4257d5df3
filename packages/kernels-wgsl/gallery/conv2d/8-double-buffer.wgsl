// conv2d: convolution of x [NHWC] with w [HWIO]
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 8-double-buffer for gpu, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  25 x 1 x 1 of 256 invocations
// memory      32768 B, shared by a workgroup
// binding     0  x  read        vec4f  input 0   3.211 MB
// binding     1  w  read        vec4f  input 1   524.3 kB
// binding     2  y  read_write  vec4f  output 0  1.606 MB

// conv2d/8-double-buffer
// y[i, oh, ow, co] = sum over kh, kw, ci of x[i, oh * SY - PT + kh, ow * SX - PL + kw, ci] * w[kh, kw, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128]
// 128 x 128 of C a workgroup of 256, 8 x 8 an invocation, and two slabs of either operand: the loads of the next
// slab are issued before the present one is multiplied, and stored after, so that arithmetic hides their latency
// and one barrier a slab is enough. A warp computes 4 x 8 of these 8 x 8, which reads fewer different addresses
// at once than a row of them. For large products on a GPU.
// A workgroup computes 128 x 128 of C's 3136 x 128, an invocation 8 x 8; k by 16.

const H = 14u;
const W = 14u;
const CI = 64u;
const OH = 7u;
const OW = 7u;
const SY = 2u;
const SX = 2u;
const PT = 1u;
const PL = 1u;
const M = 3136u;
const N = 128u;
const ROWS = 3136u;
const OUTER = 4u;
const INNER = 256u;
const TILES = 25u;
const TILES_N = 1u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

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
  y[index] = result;
}

var<workgroup> slab_a: array<vec4f, 1024>; // 2 of [128 rows, 16 of k], the vec4s of each pair of rows turned by one more
var<workgroup> slab_b: array<vec4f, 1024>; // 2 of [16 of k, 128 columns]

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  let m = tile / TILES_N * 128u;
  let n = tile % TILES_N * 128u;
  // Eight warps, 4 x 2 of them; in each 4 x 8 invocations.
  let side_m = lid.x / 64u * 4u + lid.x % 32u / 8u;
  let side_n = lid.x / 32u % 2u * 8u + lid.x % 8u;
  // The 4 x 4 block that this invocation fetches, of A (4 rows, 4 of k) or of B (4 of k, 4 columns).
  let fetches_a = lid.x < 128u;
  let row_a = lid.x % 128u / 4u * 4u;
  let deep_a = lid.x % 4u;
  let column_b = lid.x % 32u;
  let deep_b = lid.x % 128u / 32u;
  let block_a = m + row_a;
  let block_b = n + column_b * 4u;
  let a_line0 = a_line(min(block_a, 3135u));
  let a_line1 = a_line(min(block_a + 1u, 3135u));
  let a_line2 = a_line(min(block_a + 2u, 3135u));
  let a_line3 = a_line(min(block_a + 3u, 3135u));
  let b_line0 = b_line(block_b / 4u);
  var next0 = vec4f();
  var next1 = vec4f();
  var next2 = vec4f();
  var next3 = vec4f();
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
  let k_end = 1024u;
  // Each round fetches the slab at k0 and multiplies the one before; the first has none to multiply, the last none to fetch.
  for (var k0 = 0u; k0 < k_end + 16u; k0 += 16u) {
    let half = k0 / 16u % 2u * 512u;
    if (k0 < k_end) {
      if (fetches_a) {
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
        next0 = a0;
        next1 = a1;
        next2 = a2;
        next3 = a3;
      } else {
        let k_b = k0 + deep_b * 4u;
        let o_b = k_b / INNER;
        let c_b = k_b % INNER;
        let b_base0 = b_base(b_line0, o_b);
        let b0_0 = b_load(b_base0, c_b);
        let b0_1 = b_load(b_base0, c_b + 1u);
        let b0_2 = b_load(b_base0, c_b + 2u);
        let b0_3 = b_load(b_base0, c_b + 3u);
        next0 = b0_0;
        next1 = b0_1;
        next2 = b0_2;
        next3 = b0_3;
      }
    }
    if (k0 > 0u) {
      let other = 512u - half;
      for (var q = 0u; q < 4u; q++) {
        // Turned, so that a warp's four rows lie in different banks.
        let turned = (q + side_m / 2u) % 4u;
        let run0 = slab_a[other + (side_m + 0u) * 4u + turned];
        let run1 = slab_a[other + (side_m + 16u) * 4u + turned];
        let run2 = slab_a[other + (side_m + 32u) * 4u + turned];
        let run3 = slab_a[other + (side_m + 48u) * 4u + turned];
        let run4 = slab_a[other + (side_m + 64u) * 4u + turned];
        let run5 = slab_a[other + (side_m + 80u) * 4u + turned];
        let run6 = slab_a[other + (side_m + 96u) * 4u + turned];
        let run7 = slab_a[other + (side_m + 112u) * 4u + turned];
        let column0_0 = slab_b[other + (4u * q + 0u) * 32u + side_n + 0u];
        let column1_0 = slab_b[other + (4u * q + 0u) * 32u + side_n + 16u];
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
        let column0_1 = slab_b[other + (4u * q + 1u) * 32u + side_n + 0u];
        let column1_1 = slab_b[other + (4u * q + 1u) * 32u + side_n + 16u];
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
        let column0_2 = slab_b[other + (4u * q + 2u) * 32u + side_n + 0u];
        let column1_2 = slab_b[other + (4u * q + 2u) * 32u + side_n + 16u];
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
        let column0_3 = slab_b[other + (4u * q + 3u) * 32u + side_n + 0u];
        let column1_3 = slab_b[other + (4u * q + 3u) * 32u + side_n + 16u];
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
    }
    if (fetches_a) {
      slab_a[half + (row_a + 0u) * 4u + (deep_a + (row_a + 0u) / 2u) % 4u] = next0;
      slab_a[half + (row_a + 1u) * 4u + (deep_a + (row_a + 1u) / 2u) % 4u] = next1;
      slab_a[half + (row_a + 2u) * 4u + (deep_a + (row_a + 2u) / 2u) % 4u] = next2;
      slab_a[half + (row_a + 3u) * 4u + (deep_a + (row_a + 3u) / 2u) % 4u] = next3;
    } else {
      slab_b[half + (deep_b * 4u + 0u) * 32u + column_b] = next0;
      slab_b[half + (deep_b * 4u + 1u) * 32u + column_b] = next1;
      slab_b[half + (deep_b * 4u + 2u) * 32u + column_b] = next2;
      slab_b[half + (deep_b * 4u + 3u) * 32u + column_b] = next3;
    }
    workgroupBarrier();
  }

  let results = array<vec4f, 16>(
    acc0_0, acc0_1, acc1_0, acc1_1, acc2_0, acc2_1, acc3_0, acc3_1, acc4_0, acc4_1, acc5_0, acc5_1, acc6_0, acc6_1, acc7_0, acc7_1,
  );
  for (var r = 0u; r < min(8u, M - m); r++) {
    let row = m + side_m + r * 16u;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 2u; v++) {
      let column = n + (side_n + v * 16u) * 4u;
      if (column < N) { store((row * N + column) / 4u, results[r * 2u + v]); }
    }
  }
}
