// reduce-sum: sum over any axes
// x=64x784,axes=1
// rung 5-subgroup-tree for gpu, one dispatch
//
// cost        50.18 kflop, 201 kB: 0.250 flop/B
// workgroups  64 x 1 x 1 of 64 invocations
// memory      264 B, shared by a workgroup
// features    subgroups
// binding     0  in0  read        vec4f  input 0   200.7 kB
// binding     1  out  read_write  f32    output 0  256 B

// reduce/sum-subgroups-vec4-reduced
// sum of [64, 784] over axes [1], cut into 1 chunks of the reduced range.
// out [1, 64]; loads of 4 values along the reduced axes.
// The lower levels of the tree are one subgroup operation: its lanes exchange registers, and one value a
// subgroup goes through workgroup memory, behind one barrier, not one a level. For GPUs, where a range runs
// through memory and fills a workgroup.

enable subgroups;

const ITEMS = 64u;
const GROUPS = 64u;
const CHUNKS = 1u;
const RANGE = 196u;
const CHUNK = 196u;

@group(0) @binding(0) var<storage, read> in0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

var<workgroup> partial: array<f32, 64>;
var<workgroup> partial_leaders: array<atomic<u32>, 2>;

/// Of the results that the subgroups left at their leaders.
fn partial_of_leaders() -> f32 {
  var total = f32(0.0);
  for (var word = 0u; word < 2u; word += 1u) {
    for (var bits = atomicLoad(&partial_leaders[word]); bits != 0u; bits &= bits - 1u) {
      total = total + partial[32u * word + firstTrailingBit(bits)];
    }
  }
  return total;
}

fn element(a0: u32, r: u32) -> vec4f {
  let x0 = in0[a0 + r];
  return x0;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= GROUPS * CHUNKS) { return; }
  let chunk = i / GROUPS;
  let depth = lid.x;
  let item = i % GROUPS;
  let begin = chunk * CHUNK;
  let end = min(begin + CHUNK, RANGE);
  let k0 = item;
  let a0 = k0 * 196u;
  let start = vec4f(0.0);
  var s0 = start;
  var s1 = start;
  var s2 = start;
  var s3 = start;
  var r = begin + depth;
  for (; r + 192u < end; r += 256u) {
    s0 = s0 + element(a0, r);
    s1 = s1 + element(a0, r + 64u);
    s2 = s2 + element(a0, r + 128u);
    s3 = s3 + element(a0, r + 192u);
  }
  for (; r < end; r += 64u) { s0 = s0 + element(a0, r); }
  let result = (s0 + s1) + (s2 + s3);
  partial[depth] = subgroupAdd((result.x + result.y) + (result.z + result.w));
  if (subgroupElect()) { atomicOr(&partial_leaders[depth / 32u], 1u << (depth % 32u)); }
  workgroupBarrier();
  if (depth == 0u) {
    let total = partial_of_leaders();
    out[item] = total;
  }
}
