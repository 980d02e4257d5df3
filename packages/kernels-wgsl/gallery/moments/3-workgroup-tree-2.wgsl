// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=12544,channels=64
// rung 3-workgroup-tree for gpu, dispatch 2 of 2
//
// cost        43.9 kflop, 50.94 kB: 0.862 flop/B
// workgroups  1 x 1 x 1 of 256 invocations
// memory      8192 B, shared by a workgroup
// binding     0  x              read        vec4f  input 0   3.211 MB
// binding     1  chunk_mean     read        vec4f  temp 0    25.09 kB
// binding     2  chunk_squares  read        vec4f  temp 1    25.09 kB
// binding     3  mean           read_write  vec4f  output 0  256 B
// binding     4  variance       read_write  vec4f  output 1  256 B

// moments/merge-workgroup-vec4
// x [12544, 64], chunk_mean and chunk_squares [98, 64] → mean and variance [64].
// ITEMS counts vec4s of channels.

const ROWS = 12544u;
const ITEMS = 16u;
const GROUPS = 1u;
const CHUNKS = 1u;
const PARTS = 98u;
const CHUNK = 128u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> chunk_mean: array<vec4f>;
@group(0) @binding(2) var<storage, read> chunk_squares: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> variance: array<vec4f>;

var<workgroup> total_parts: array<vec4f, 256>;
var<workgroup> total_of_squares_parts: array<vec4f, 256>;

/// Rows in a chunk; the last one may have fewer.
fn rows_in(chunk: u32) -> f32 { return f32(min(CHUNK, ROWS - chunk * CHUNK)); }

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= GROUPS * CHUNKS) { return; }
  let chunk = i / GROUPS;
  let depth = lid.x / 16u;
  let beside = lid.x % 16u;
  let place = i % GROUPS * 16u + beside;
  let item = min(place, ITEMS - 1u);
  var sum = vec4f(0.0);
  for (var c = depth; c < PARTS; c += 16u) { sum += rows_in(c) * chunk_mean[c * ITEMS + item]; }
  total_parts[depth * 16u + beside] = sum;
  workgroupBarrier();
  for (var half = 8u; half > 0u; half /= 2u) {
    if (depth < half) { let slot = depth * 16u + beside; total_parts[slot] = total_parts[slot] + total_parts[slot + half * 16u]; }
    workgroupBarrier();
  }
  let total = total_parts[beside];
  let average = total / f32(ROWS);
  var squares = vec4f(0.0);
  for (var c = depth; c < PARTS; c += 16u) {
    let d = chunk_mean[c * ITEMS + item] - average;
    squares += chunk_squares[c * ITEMS + item] + rows_in(c) * d * d;
  }
  total_of_squares_parts[depth * 16u + beside] = squares;
  workgroupBarrier();
  for (var half = 8u; half > 0u; half /= 2u) {
    if (depth < half) { let slot = depth * 16u + beside; total_of_squares_parts[slot] = total_of_squares_parts[slot] + total_of_squares_parts[slot + half * 16u]; }
    workgroupBarrier();
  }
  let total_of_squares = total_of_squares_parts[beside];
  if (depth == 0u && place < ITEMS) {
    mean[item] = x[item] + average;
    variance[item] = total_of_squares / f32(ROWS);
  }
}
