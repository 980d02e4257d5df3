// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=12544,channels=64
// rung chunked for gpu, dispatch 1 of 2
//
// cost        3.211 Mflop, 3.269 MB: 0.982 flop/B
// workgroups  28 x 1 x 1 of 64 invocations
// binding     0  x        read        vec4f  input 0  3.211 MB
// binding     1  mean     read_write  vec4f  temp 0   28.67 kB
// binding     2  squares  read_write  vec4f  temp 1   28.67 kB

// moments/chunk-vec4
// x [12544, 64] → mean [112, 64] (less x[0, c]), squares [112, 64] (summed distances² to it).
// COLUMNS counts vec4s of channels.

const ROWS = 12544u;
const COLUMNS = 16u;
const CHUNKS = 112u;
const CHUNK = 112u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> squares: array<vec4f>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= COLUMNS * CHUNKS) { return; }
  let column = i % COLUMNS;
  let begin = i / COLUMNS * CHUNK;
  let end = min(begin + CHUNK, ROWS);
  let shift = x[column];
  var sum = vec4f(0.0);
  var sum_of_squares = vec4f(0.0);
  for (var row = begin; row < end; row += 1u) {
    let d = x[row * COLUMNS + column] - shift;
    sum += d;
    sum_of_squares += d * d;
  }
  let count = f32(end - begin);
  let average = sum / count;
  let about_average = max(sum_of_squares - sum * average, vec4f(0.0));
  mean[i] = average;
  squares[i] = about_average;
}
