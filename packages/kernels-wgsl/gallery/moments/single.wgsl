// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=16,channels=64
// rung single for gpu, one dispatch
//
// cost        4.096 kflop, 4.608 kB: 0.889 flop/B
// workgroups  1 x 1 x 1 of 64 invocations
// binding     0  x         read        vec4f  input 0   4.096 kB
// binding     1  mean      read_write  vec4f  output 0  256 B
// binding     2  variance  read_write  vec4f  output 1  256 B

// moments/single-vec4
// x [16, 64] → mean [64], variance [64].
// COLUMNS counts vec4s of channels.

const ROWS = 16u;
const COLUMNS = 16u;
const CHUNKS = 1u;
const CHUNK = 16u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> variance: array<vec4f>;

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
  mean[i] = shift + average;
  variance[i] = about_average / count;
}
