// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=16,channels=64
// rung 1-vec4 for gpu, one dispatch
//
// cost        4.096 kflop, 4.608 kB: 0.889 flop/B
// workgroups  1 x 1 x 1 of 64 invocations
// binding     0  x         read        vec4f  input 0   4.096 kB
// binding     1  mean      read_write  vec4f  output 0  256 B
// binding     2  variance  read_write  vec4f  output 1  256 B

// moments/whole-vec4
// x [16, 64] → mean [64], variance [64].
// ITEMS counts vec4s of channels.
// An invocation has four neighbouring channels: a load takes four values, and four chains of additions wait at
// the same time. Pays on every adapter, most on software ones, where a load is a gather.

const ROWS = 16u;
const ITEMS = 16u;
const CHUNKS = 1u;
const CHUNK = 16u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> variance: array<vec4f>;

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
  mean[item] = shift + average;
  variance[item] = about_average / count;
}
