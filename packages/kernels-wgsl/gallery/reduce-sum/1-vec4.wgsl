// reduce-sum: sum over any axes
// x=64x14x14x64,axes=0x1x2
// rung 1-vec4 for gpu, one dispatch
//
// cost        802.8 kflop, 3.212 MB: 0.250 flop/B
// workgroups  1 x 1 x 1 of 64 invocations
// binding     0  in0  read        vec4f  input 0   3.211 MB
// binding     1  out  read_write  vec4f  output 0  256 B

// reduce/sum-alone-vec4-kept
// sum of [64, 14, 14, 64] over axes [0, 1, 2], cut into 1 chunks of the reduced range.
// out [1, 64]; loads of 4 values along the kept axes.
// A load takes four values, and an addition adds four: of four neighbouring outputs, or of four parts of one
// output. Fewer and wider loads pay on every adapter, most on software ones, where a load is a gather. There it
// is the best wherever a value takes several loads: their text, four times over in four chains, outgrows the
// instruction cache.

const ITEMS = 16u;
const CHUNKS = 1u;
const RANGE = 12544u;
const CHUNK = 12544u;

@group(0) @binding(0) var<storage, read> in0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

fn element(a0: u32, r: u32) -> vec4f {
  let x0 = in0[a0 + r * 16u];
  return x0;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let chunk = i / ITEMS;
  let begin = chunk * CHUNK;
  let end = min(begin + CHUNK, RANGE);
  let k0 = item;
  let a0 = k0;
  let start = vec4f(0.0);
  var result = start;
  for (var r = begin; r < end;) {
    let stop = min(r + 256u, end);
    var block = start;
    for (; r < stop; r += 1u) { block = block + element(a0, r); }
    result = result + block;
  }
  let total = result;
  out[item] = total;
}
