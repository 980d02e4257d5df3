// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=12544,channels=64
// rung 2-chunked for swiftshader, dispatch 2 of 2
//
// cost        28.67 kflop, 33.54 kB: 0.855 flop/B
// workgroups  4 x 1 x 1 of 4 invocations
// binding     0  x              read        vec4f  input 0   3.211 MB
// binding     1  chunk_mean     read        vec4f  temp 0    16.38 kB
// binding     2  chunk_squares  read        vec4f  temp 1    16.38 kB
// binding     3  mean           read_write  vec4f  output 0  256 B
// binding     4  variance       read_write  vec4f  output 1  256 B

// moments/merge-vec4
// x [12544, 64], chunk_mean and chunk_squares [64, 64] → mean and variance [64].
// ITEMS counts vec4s of channels.

const ROWS = 12544u;
const ITEMS = 16u;
const CHUNKS = 1u;
const PARTS = 64u;
const CHUNK = 196u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> chunk_mean: array<vec4f>;
@group(0) @binding(2) var<storage, read> chunk_squares: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> variance: array<vec4f>;

/// Rows in a chunk; the last one may have fewer.
fn rows_in(chunk: u32) -> f32 { return f32(min(CHUNK, ROWS - chunk * CHUNK)); }

@compute @workgroup_size(4, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let chunk = i / ITEMS;
  var sum = vec4f(0.0);
  for (var c = 0u; c < PARTS; c += 1u) { sum += rows_in(c) * chunk_mean[c * ITEMS + item]; }

  let total = sum;
  let average = total / f32(ROWS);
  var squares = vec4f(0.0);
  for (var c = 0u; c < PARTS; c += 1u) {
    let d = chunk_mean[c * ITEMS + item] - average;
    squares += chunk_squares[c * ITEMS + item] + rows_in(c) * d * d;
  }

  let total_of_squares = squares;
  mean[item] = x[item] + average;
  variance[item] = total_of_squares / f32(ROWS);
}
