// moments: mean and variance of every channel of x [rows, channels], for batch normalisation
// rows=12544,channels=64
// rung 4-blocks for llvmpipe, one dispatch
//
// cost        3.211 Mflop, 3.212 MB: 1.00 flop/B
// workgroups  2 x 1 x 1 of 8 invocations
// binding     0  x         read        vec4f  input 0   3.211 MB
// binding     1  mean      read_write  vec4f  output 0  256 B
// binding     2  variance  read_write  vec4f  output 1  256 B

// moments/whole-vec4
// x [12544, 64] → mean [64], variance [64].
// ITEMS counts vec4s of channels.
// An invocation has all rows of its channels after all, and merges the moments of one block after another:
// chains stay short without a second dispatch. For software adapters, where the channels of a hidden layer are
// enough for every core.

const ROWS = 12544u;
const ITEMS = 16u;
const CHUNKS = 1u;
const CHUNK = 12544u;
const BLOCK = 128u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> variance: array<vec4f>;

@compute @workgroup_size(8, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let chunk = i / ITEMS;
  let begin = chunk * CHUNK;
  let end = min(begin + CHUNK, ROWS);
  let shift = x[item];
  let count = f32(end - begin);
  var average = vec4f(0.0);
  var about_average = vec4f(0.0);
  for (var block = begin; block < end; block += BLOCK) {
    let stop = min(block + BLOCK, end);
    var sum = vec4f(0.0);
    var sum_of_squares = vec4f(0.0);
    for (var row = block; row < stop; row += 1u) {
      let d = x[row * ITEMS + item] - shift;
      sum += d;
      sum_of_squares += d * d;
    }
    let before = f32(block - begin);
    let own = f32(stop - block);
    let own_average = sum / own;
    let d = own_average - average;
    average += d * (own / (before + own));
    about_average += max(sum_of_squares - sum * own_average, vec4f(0.0)) + d * d * (before * own / (before + own));
  }
  mean[item] = shift + average;
  variance[item] = about_average / count;
}
