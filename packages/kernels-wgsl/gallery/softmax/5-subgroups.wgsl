// softmax: softmax of x over one axis, or its logarithm
// x=4096x1024,axis=1,log=false
// rung 5-subgroups for gpu, one dispatch
//
// cost        20.97 Mflop, 33.55 MB: 0.625 flop/B
// workgroups  4096 x 1 x 1 of 128 invocations
// memory      1056 B, shared by a workgroup
// features    subgroups
// binding     0  x    read        vec4f  input 0   16.78 MB
// binding     1  out  read_write  vec4f  output 0  16.78 MB

// softmax/held-subgroups-vec4-reduced
// x [4096, 1024, 1] → out [4096, 1024, 1] = exp(x - max) / Σ exp(x - max), over the middle axis.
// Loads of 4 values along the reduced axis; RANGE and INNER count accordingly.
// As before, but maxima and sums meet by subgroup operations: one value a subgroup goes through workgroup
// memory, behind one barrier, not one a halving. For GPUs, where a row fills a workgroup.

enable subgroups;

const ITEMS = 4096u;
const GROUPS = 4096u;
const CHUNKS = 1u;
const RANGE = 256u;
const INNER = 1u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

var<workgroup> largest_part: array<f32, 128>;
var<workgroup> largest_part_leaders: array<atomic<u32>, 4>;

/// Of the results that the subgroups left at their leaders.
fn largest_part_of_leaders() -> f32 {
  var total = largest_part[0];
  for (var word = 0u; word < 4u; word += 1u) {
    for (var bits = atomicLoad(&largest_part_leaders[word]); bits != 0u; bits &= bits - 1u) {
      total = max(total, largest_part[32u * word + firstTrailingBit(bits)]);
    }
  }
  return total;
}
var<workgroup> sum_part: array<f32, 128>;
var<workgroup> sum_part_leaders: array<atomic<u32>, 4>;

/// Of the results that the subgroups left at their leaders.
fn sum_part_of_leaders() -> f32 {
  var total = f32(0.0);
  for (var word = 0u; word < 4u; word += 1u) {
    for (var bits = atomicLoad(&sum_part_leaders[word]); bits != 0u; bits &= bits - 1u) {
      total = total + sum_part[32u * word + firstTrailingBit(bits)];
    }
  }
  return total;
}

@compute @workgroup_size(128, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= GROUPS * CHUNKS) { return; }
  let chunk = i / GROUPS;
  let depth = lid.x;
  let item = i % GROUPS;
  let base = item / INNER * RANGE * INNER + item % INNER;
  let v0 = x[base + (depth) * INNER];
  let v1 = x[base + (depth + 128u) * INNER];
  let most = max(v0, v1);
  largest_part[depth] = subgroupMax(max(max(most.x, most.y), max(most.z, most.w)));
  if (subgroupElect()) { atomicOr(&largest_part_leaders[depth / 32u], 1u << (depth % 32u)); }
  workgroupBarrier();
  let largest = largest_part_of_leaders();
  let e0 = exp(v0 - largest);
  let e1 = exp(v1 - largest);
  let total = e0 + e1;
  sum_part[depth] = subgroupAdd((total.x + total.y) + (total.z + total.w));
  if (subgroupElect()) { atomicOr(&sum_part_leaders[depth / 32u], 1u << (depth % 32u)); }
  workgroupBarrier();
  let sum = sum_part_of_leaders();
  let scale = 1.0 / sum;
  out[base + (depth) * INNER] = e0 * scale;
  out[base + (depth + 128u) * INNER] = e1 * scale;
}
