// softmax: softmax of x over one axis, or its logarithm
// x=4096x1024,axis=1,log=false
// rung 2-online for gpu, one dispatch
//
// cost        20.97 Mflop, 33.55 MB: 0.625 flop/B
// workgroups  64 x 1 x 1 of 64 invocations
// binding     0  x    read        vec4f  input 0   16.78 MB
// binding     1  out  read_write  vec4f  output 0  16.78 MB

// softmax/online-alone-vec4-reduced
// x [4096, 1024, 1] → out [4096, 1024, 1] = exp(x - max) / Σ exp(x - max), over the middle axis.
// Loads of 4 values along the reduced axis; RANGE and INNER count accordingly.
// Maximum and sum in one walk: the sum is scaled down when a block of four steps brings a new maximum. Two reads
// of memory, not three, for a quarter of an exponential more.

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
  var total = vec4f(0.0);
  var r = 0u;
  for (; r + 3u < RANGE; r += 4u) {
    let v0 = x[base + r * INNER];
    let v1 = x[base + (r + 1u) * INNER];
    let v2 = x[base + (r + 2u) * INNER];
    let v3 = x[base + (r + 3u) * INNER];
    let more = max(most, max(max(v0, v1), max(v2, v3)));
    total = total * exp(most - more) + ((exp(v0 - more) + exp(v1 - more)) + (exp(v2 - more) + exp(v3 - more)));
    most = more;
  }
  for (; r < RANGE; r += 1u) {
    let v = x[base + r * INNER];
    let more = max(most, v);
    total = total * exp(most - more) + exp(v - more);
    most = more;
  }
  let own_largest = max(max(most.x, most.y), max(most.z, most.w));
  let scaled = total * exp(most - own_largest);
  let own_sum = (scaled.x + scaled.y) + (scaled.z + scaled.w);
  let largest = own_largest;
  let sum = own_sum * exp(own_largest - largest);
  let scale = 1.0 / sum;
  for (var r = 0u; r < RANGE; r += 1u) { out[base + r * INNER] = exp(x[base + r * INNER] - largest) * scale; }
}
