// softmax: softmax of x over one axis, or its logarithm
// x=4096x1024,axis=1,log=false
// rung 0-serial for gpu, one dispatch
//
// cost        20.97 Mflop, 33.55 MB: 0.625 flop/B
// workgroups  64 x 1 x 1 of 64 invocations
// binding     0  x    read        f32  input 0   16.78 MB
// binding     1  out  read_write  f32  output 0  16.78 MB

// softmax/thrice-alone
// x [4096, 1024, 1] → out [4096, 1024, 1] = exp(x - max) / Σ exp(x - max), over the middle axis.
// One invocation a row walks over it three times: for the largest value, for the sum of exponentials, for the
// result.

const ITEMS = 4096u;
const CHUNKS = 1u;
const RANGE = 1024u;
const INNER = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let chunk = i / ITEMS;
  let base = item / INNER * RANGE * INNER + item % INNER;
  var most = x[base];
  for (var r = 0u; r < RANGE; r += 1u) { most = max(most, x[base + r * INNER]); }
  let largest = most;
  var total = f32(0.0);
  for (var r = 0u; r < RANGE; r += 1u) { total += exp(x[base + r * INNER] - largest); }
  let sum = total;
  let scale = 1.0 / sum;
  for (var r = 0u; r < RANGE; r += 1u) { out[base + r * INNER] = exp(x[base + r * INNER] - largest) * scale; }
}
