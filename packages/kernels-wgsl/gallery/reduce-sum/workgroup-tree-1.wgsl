// reduce-sum: sum over any axes
// x=64x14x14x64,axes=0x1x2
// rung workgroup-tree for gpu, dispatch 1 of 2
//
// cost        802.8 kflop, 3.213 MB: 0.250 flop/B
// workgroups  96 x 1 x 1 of 64 invocations
// memory      1024 B, shared by a workgroup
// binding     0  in0  read        vec4f  input 0  3.211 MB
// binding     1  out  read_write  vec4f  temp 0   1.536 kB

// reduce/sum-tree-vec4-kept
// sum of [64, 14, 14, 64] over axes [0, 1, 2], cut into 6 chunks of the reduced range.
// out [6, 64]; loads of 4 values along the kept axes.

const ITEMS = 16u;
const RANGE = 12544u;
const CHUNKS = 6u;
const CHUNK = 2091u;

@group(0) @binding(0) var<storage, read> in0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

var<workgroup> partial: array<vec4f, 64>;

fn element(a0: u32, r: u32) -> vec4f {
  let x0 = in0[a0 + r * 16u];
  return x0;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let begin = i / ITEMS * CHUNK;
  let end = min(begin + CHUNK, RANGE);
  let k0 = item;
  let a0 = k0;
  var result = vec4f(0.0);
  for (var r = begin + lid.x; r < end; r += 64u) { result = result + element(a0, r); }
  partial[lid.x] = result;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lid.x < half) { partial[lid.x] = partial[lid.x] + partial[lid.x + half]; }
    workgroupBarrier();
  }
  if (lid.x == 0u) {
    let total = partial[0];
    out[i] = total;
  }
}
