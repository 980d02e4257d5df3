// softmax: softmax of x over one axis, or its logarithm
// x=4096x1024,axis=1,log=false
// rung 1-vec4 for gpu, one dispatch
//
// cost        20.97 Mflop, 33.55 MB: 0.625 flop/B
// workgroups  64 x 1 x 1 of 64 invocations
// binding     0  x    read        vec4f  input 0   16.78 MB
// binding     1  out  read_write  vec4f  output 0  16.78 MB

// softmax/thrice-alone-vec4-reduced
// x [4096, 1024, 1] → out [4096, 1024, 1] = exp(x - max) / Σ exp(x - max), over the middle axis.
// Loads of 4 values along the reduced axis; RANGE and INNER count accordingly.
// A load takes four values of a row, or one of each of four neighbouring rows, and exponentials come by four.
// Pays on every adapter, most on software ones, where a load is a gather.

const ITEMS = 4096u;
const CHUNKS = 1u;
const RANGE = 256u;
const INNER = 1u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let chunk = i / ITEMS;
  let base = item / INNER * RANGE * INNER + item % INNER;
  var most = x[base];
  for (var r = 0u; r < RANGE; r += 1u) { most = max(most, x[base + r * INNER]); }
  let largest = max(max(most.x, most.y), max(most.z, most.w));
  var total = vec4f(0.0);
  for (var r = 0u; r < RANGE; r += 1u) { total += exp(x[base + r * INNER] - largest); }
  let sum = (total.x + total.y) + (total.z + total.w);
  let scale = 1.0 / sum;
  for (var r = 0u; r < RANGE; r += 1u) { out[base + r * INNER] = exp(x[base + r * INNER] - largest) * scale; }
}
