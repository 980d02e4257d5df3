// scatter-add: the transpose of a gather: sums over equal indices, in their order
// outer=1,range=1000,inner=64,count=256,each=false
// rung scatter-add for gpu, one dispatch
//
// cost        16.38 kflop, 322.6 kB: 0.0508 flop/B
// workgroups  250 x 1 x 1 of 64 invocations
// binding     0  updates  read        vec4f  input 0   65.54 kB
// binding     1  indices  read        u32    input 1   1.024 kB
// binding     2  out      read_write  vec4f  output 0  256 kB

// scatter-add/rows-vec4
// updates [1, 256, 64], indices [256] → out [1, 1000, 64]:
// out[o, r, i] = Σ updates[o, k, i] over the k whose index [k] is r, from the first to the last.

const RANGE = 1000u;
const INNER = 16u;
const COUNT = 256u;

@group(0) @binding(0) var<storage, read> updates: array<vec4f>;
@group(0) @binding(1) var<storage, read> indices: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out)) { return; }
  let place = i / INNER % RANGE;
  let first = i / (INNER * RANGE) * (COUNT * INNER) + i % INNER; // of the updates that may come here
  var total = vec4f();
  for (var k = 0u; k < COUNT; k++) {
    if (indices[k] == place) { total += updates[first + k * INNER]; }
  }
  out[i] = total;
}
