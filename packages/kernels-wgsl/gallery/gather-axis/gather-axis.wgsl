// gather-axis: elements at given places of an axis: rows, or one for each index
// outer=1,range=1000,inner=64,count=256,each=false
// rung gather-axis for gpu, one dispatch
//
// cost        0 flop, 132.1 kB: 0.00 flop/B
// workgroups  64 x 1 x 1 of 64 invocations
// binding     0  x        read        vec4u  input 0   256 kB
// binding     1  indices  read        u32    input 1   1.024 kB
// binding     2  out      read_write  vec4u  output 0  65.54 kB

// gather-axis/rows-vec4
// x [1, 1000, 64], indices [256] → out [1, 256, 64]:
// out[o, k, i] = x[o, indices[k], i], or the word MISSING where the index is beyond the axis.

const RANGE = 1000u;
const INNER = 16u;
const COUNT = 256u;
const MISSING = 2143289344u;

@group(0) @binding(0) var<storage, read> x: array<vec4u>;
@group(0) @binding(1) var<storage, read> indices: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4u>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out)) { return; }
  let index = indices[i / INNER % COUNT]; // one below 0 is, as u32, beyond every axis
  var value = vec4u(MISSING);
  if (index < RANGE) { value = x[(i / (INNER * COUNT) * RANGE + index) * INNER + i % INNER]; }
  out[i] = value;
}
