// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=12544,channels=64
// rung 2-chunked for swiftshader, dispatch 1 of 2
//
// cost        3.211 Mflop, 3.244 MB: 0.990 flop/B
// workgroups  16 x 1 x 1 of 64 invocations
// binding     0  x        read        vec4f  input 0  3.211 MB
// binding     1  mean     read_write  vec4f  temp 0   16.38 kB
// binding     2  squares  read_write  vec4f  temp 1   16.38 kB

// moments/chunk-vec4
// x [12544, 64] → mean [64, 64] (less x[0, c]), squares [64, 64] (summed distances² to it).
// ITEMS counts vec4s of channels.
// Rows are cut into chunks, one an invocation, and a second dispatch merges their moments in order: with few
// channels and many rows every core has work, and chains stay short. Best on software adapters.

const ROWS = 12544u;
const ITEMS = 16u;
const CHUNKS = 64u;
const CHUNK = 196u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> squares: array<vec4f>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let chunk = i / ITEMS;
  let begin = chunk * CHUNK;
  let end = min(begin + CHUNK, ROWS);
  let shift = x[item];
  let count = f32(end - begin);
  var sum = vec4f(0.0);
  var sum_of_squares = vec4f(0.0);
  for (var row = begin; row < end; row += 1u) {
    let d = x[row * ITEMS + item] - shift;
    sum += d;
    sum_of_squares += d * d;
  }

  let total = sum;
  let total_of_squares = sum_of_squares;
  let average = total / count;
  let about_average = max(total_of_squares - total * average, vec4f(0.0));
  let home = chunk * ITEMS + item;
  mean[home] = average;
  squares[home] = about_average;
}
