// reduce-sum: sum over any axes
// x=64x14x14x64,axes=0x1x2
// rung 2-four-chains for gpu, one dispatch
//
// cost        802.8 kflop, 3.212 MB: 0.250 flop/B
// workgroups  1 x 1 x 1 of 64 invocations
// binding     0  in0  read        vec4f  input 0   3.211 MB
// binding     1  out  read_write  vec4f  output 0  256 B

// reduce/sum-alone-vec4-kept
// sum of [64, 14, 14, 64] over axes [0, 1, 2], cut into 1 chunks of the reduced range.
// out [1, 64]; loads of 4 values along the kept axes.
// Four independent sums: a chain of additions waits for each result and each load, four chains wait a quarter of
// the time and keep more digits. Best where outputs fill a GPU or llvmpipe.

const ITEMS = 16u;
const CHUNKS = 1u;
const RANGE = 12544u;
const CHUNK = 12544u;

@group(0) @binding(0) var<storage, read> in0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

fn element(a0: u32, r: u32) -> vec4f {
  let x0 = in0[a0 + r * 16u];
  return x0;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let chunk = i / ITEMS;
  let begin = chunk * CHUNK;
  let end = min(begin + CHUNK, RANGE);
  let k0 = item;
  let a0 = k0;
  let start = vec4f(0.0);
  var s0 = start;
  var s1 = start;
  var s2 = start;
  var s3 = start;
  var r = begin;
  for (; r + 3u < end; r += 4u) {
    s0 = s0 + element(a0, r);
    s1 = s1 + element(a0, r + 1u);
    s2 = s2 + element(a0, r + 2u);
    s3 = s3 + element(a0, r + 3u);
  }
  for (; r < end; r += 1u) { s0 = s0 + element(a0, r); }
  let result = (s0 + s1) + (s2 + s3);
  let total = result;
  out[item] = total;
}
