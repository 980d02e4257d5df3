// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=12544,channels=64
// rung 3-workgroup-tree for gpu, dispatch 1 of 2
//
// cost        3.211 Mflop, 3.261 MB: 0.985 flop/B
// workgroups  98 x 1 x 1 of 256 invocations
// memory      8192 B, shared by a workgroup
// binding     0  x        read        vec4f  input 0  3.211 MB
// binding     1  mean     read_write  vec4f  temp 0   25.09 kB
// binding     2  squares  read_write  vec4f  temp 1   25.09 kB

// moments/chunk-workgroup-vec4
// x [12544, 64] → mean [98, 64] (less x[0, c]), squares [98, 64] (summed distances² to it).
// ITEMS counts vec4s of channels.
// The lanes of a workgroup stand side by side over channels and behind each other over rows, and add up through
// workgroup memory: on a GPU a row of lanes reads whole lines of memory, and few chunks are left to merge.

const ROWS = 12544u;
const ITEMS = 16u;
const GROUPS = 1u;
const CHUNKS = 98u;
const CHUNK = 128u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> squares: array<vec4f>;

var<workgroup> total_parts: array<vec4f, 256>;
var<workgroup> total_of_squares_parts: array<vec4f, 256>;

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= GROUPS * CHUNKS) { return; }
  let chunk = i / GROUPS;
  let depth = lid.x / 16u;
  let beside = lid.x % 16u;
  let place = i % GROUPS * 16u + beside;
  let item = min(place, ITEMS - 1u);
  let begin = chunk * CHUNK;
  let end = min(begin + CHUNK, ROWS);
  let shift = x[item];
  let count = f32(end - begin);
  var sum = vec4f(0.0);
  var sum_of_squares = vec4f(0.0);
  for (var row = begin + depth; row < end; row += 16u) {
    let d = x[row * ITEMS + item] - shift;
    sum += d;
    sum_of_squares += d * d;
  }
  total_parts[depth * 16u + beside] = sum;
  workgroupBarrier();
  for (var half = 8u; half > 0u; half /= 2u) {
    if (depth < half) { let slot = depth * 16u + beside; total_parts[slot] = total_parts[slot] + total_parts[slot + half * 16u]; }
    workgroupBarrier();
  }
  total_of_squares_parts[depth * 16u + beside] = sum_of_squares;
  workgroupBarrier();
  for (var half = 8u; half > 0u; half /= 2u) {
    if (depth < half) { let slot = depth * 16u + beside; total_of_squares_parts[slot] = total_of_squares_parts[slot] + total_of_squares_parts[slot + half * 16u]; }
    workgroupBarrier();
  }
  let total = total_parts[beside];
  let total_of_squares = total_of_squares_parts[beside];
  let average = total / count;
  let about_average = max(total_of_squares - total * average, vec4f(0.0));
  if (depth == 0u && place < ITEMS) {
    let home = chunk * ITEMS + item;
    mean[home] = average;
    squares[home] = about_average;
  }
}
