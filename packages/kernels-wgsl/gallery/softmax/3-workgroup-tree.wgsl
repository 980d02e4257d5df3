// softmax: softmax of x over one axis, or its logarithm
// x=4096x1024,axis=1,log=false
// rung 3-workgroup-tree for gpu, one dispatch
//
// cost        20.97 Mflop, 33.55 MB: 0.625 flop/B
// workgroups  2048 x 1 x 1 of 256 invocations
// memory      2048 B, shared by a workgroup
// binding     0  x    read        vec4f  input 0   16.78 MB
// binding     1  out  read_write  vec4f  output 0  16.78 MB

// softmax/online-workgroup-vec4-reduced
// x [4096, 1024, 1] → out [4096, 1024, 1] = exp(x - max) / Σ exp(x - max), over the middle axis.
// Loads of 4 values along the reduced axis; RANGE and INNER count accordingly.
// The lanes of a workgroup share a row, or several short ones: neighbouring lanes read neighbouring values,
// which a GPU reads as whole lines. Maxima and sums meet in workgroup memory.

const ITEMS = 4096u;
const GROUPS = 2048u;
const CHUNKS = 1u;
const RANGE = 256u;
const INNER = 1u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

var<workgroup> largest_part: array<f32, 256>;
var<workgroup> sum_part: array<f32, 256>;

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= GROUPS * CHUNKS) { return; }
  let chunk = i / GROUPS;
  let depth = lid.x % 128u;
  let beside = lid.x / 128u;
  let place = i % GROUPS * 2u + beside;
  let item = min(place, ITEMS - 1u);
  let base = item / INNER * RANGE * INNER + item % INNER;
  var most = x[base];
  var total = vec4f(0.0);
  var r = depth;
  for (; r + 384u < RANGE; r += 512u) {
    let v0 = x[base + r * INNER];
    let v1 = x[base + (r + 128u) * INNER];
    let v2 = x[base + (r + 256u) * INNER];
    let v3 = x[base + (r + 384u) * INNER];
    let more = max(most, max(max(v0, v1), max(v2, v3)));
    total = total * exp(most - more) + ((exp(v0 - more) + exp(v1 - more)) + (exp(v2 - more) + exp(v3 - more)));
    most = more;
  }
  for (; r < RANGE; r += 128u) {
    let v = x[base + r * INNER];
    let more = max(most, v);
    total = total * exp(most - more) + exp(v - more);
    most = more;
  }
  let own_largest = max(max(most.x, most.y), max(most.z, most.w));
  let scaled = total * exp(most - own_largest);
  let own_sum = (scaled.x + scaled.y) + (scaled.z + scaled.w);
  largest_part[depth * 2u + beside] = own_largest;
  workgroupBarrier();
  for (var half = 64u; half > 0u; half /= 2u) {
    if (depth < half) { let slot = depth * 2u + beside; largest_part[slot] = max(largest_part[slot], largest_part[slot + half * 2u]); }
    workgroupBarrier();
  }
  let largest = largest_part[beside];
  sum_part[depth * 2u + beside] = own_sum * exp(own_largest - largest);
  workgroupBarrier();
  for (var half = 64u; half > 0u; half /= 2u) {
    if (depth < half) { let slot = depth * 2u + beside; sum_part[slot] = sum_part[slot] + sum_part[slot + half * 2u]; }
    workgroupBarrier();
  }
  let sum = sum_part[beside];
  let scale = 1.0 / sum;
  if (place < ITEMS) { for (var r = depth; r < RANGE; r += 128u) { out[base + r * INNER] = exp(x[base + r * INNER] - largest) * scale; } }
}
