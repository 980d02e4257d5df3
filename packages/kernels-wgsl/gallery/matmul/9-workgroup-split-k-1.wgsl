// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=64,k=6272,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 9-workgroup-split-k for gpu, dispatch 1 of 2
//
// cost        51.38 Mflop, 4.014 MB: 12.8 flop/B
// workgroups  4 x 1 x 49 of 64 invocations
// memory      8704 B, shared by a workgroup
// binding     0  a      read        vec4f  input 0  1.606 MB
// binding     1  b      read        vec4f  input 1  1.606 MB
// binding     2  parts  read_write  vec4f  temp 0   802.8 kB

// matmul/9-workgroup-split-k
// c = a b: a [1,64,6272], b [1,6272,64] -> c [1,64,64].
// The workgroup tiles with k cut into parts, which a second dispatch adds in order: for a GPU and a small C with
// a long k. The tile is 64 x 64 where its parts fill the machine, else 32 x 32.
// A workgroup computes 32 x 32 of C's 64 x 64, an invocation 4 x 4; k by 32.
// Slice z of the grid sums part z of k; parts holds 49 partial results.

const M = 64u;
const N = 64u;
const ROWS = 64u;
const OUTER = 49u;
const INNER = 128u;
const TILES = 4u;
const TILES_N = 2u;
const PART = 128u;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

fn a_line(m: u32) -> u32 { return m * (6272u / 4u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER / 4u); }
fn a_load(base: u32, c: u32) -> vec4f { return a[base + c / 4u]; }

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 16u); }
fn b_load(base: u32, c: u32) -> vec4f { return b[base + c * 16u]; }


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
  let a_line0 = a_line(block_a);
  let a_line1 = a_line(block_a + 1u);
  let a_line2 = a_line(block_a + 2u);
  let a_line3 = a_line(block_a + 3u);
  let b_line0 = b_line(block_b / 4u);
  var acc0_0 = vec4f();
  var acc1_0 = vec4f();
  var acc2_0 = vec4f();
  var acc3_0 = vec4f();
  let k_end = min(6272u, wid.z * PART + PART);
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
