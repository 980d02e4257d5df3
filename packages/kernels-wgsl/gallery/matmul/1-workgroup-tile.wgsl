// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=6272,k=100,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 1-workgroup-tile for gpu, one dispatch
//
// cost        80.28 Mflop, 4.14 MB: 19.4 flop/B
// workgroups  1568 x 1 x 1 of 256 invocations
// memory      2048 B, shared by a workgroup
// binding     0  a  read        f32  input 0   25.6 kB
// binding     1  b  read        f32  input 1   2.509 MB
// binding     2  c  read_write  f32  output 0  1.606 MB

// matmul/1-workgroup-tile
// c = a b: a [1,64,100], b [1,100,6272] -> c [1,64,6272].
// The 256 invocations of a workgroup fetch 16 x 16 slabs of A and B into workgroup memory together, one element
// of each an invocation, and all multiply from there: a sixteenth of the loads from storage. It pays on a GPU,
// where that memory is on the chip; a CPU has caches already, emulates the memory in them, and loses half its
// speed to the barriers.
// A workgroup computes 16 x 16 of C's 64 x 6272, an invocation one element; k by 16.

const M = 64u;
const N = 6272u;
const ROWS = 64u;
const OUTER = 1u;
const INNER = 100u;
const TILES = 1568u;
const TILES_N = 392u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

fn a_line(m: u32) -> u32 { return m * (100u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER); }
fn a_load(base: u32, c: u32) -> f32 { return a[base + c]; }

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 6272u); }
fn b_load(base: u32, c: u32) -> f32 { return b[base + c * 6272u]; }


fn store(index: u32, result: f32) {
  c[index] = result;
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
  let k_end = 100u;
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
