// reduce-sum: sum over any axes
// x=64x14x14x64,axes=0x1x2
// rung 0-serial for gpu, one dispatch
//
// cost        802.8 kflop, 3.212 MB: 0.250 flop/B
// workgroups  1 x 1 x 1 of 64 invocations
// binding     0  in0  read        f32  input 0   3.211 MB
// binding     1  out  read_write  f32  output 0  256 B

// reduce/sum-alone
// sum of [64, 14, 14, 64] over axes [0, 1, 2], cut into 1 chunks of the reduced range.
// out [1, 64].
// One invocation an output walks over its range, a value at a time, and each addition waits for the one before
// it.

const ITEMS = 64u;
const CHUNKS = 1u;
const RANGE = 12544u;
const CHUNK = 12544u;

@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

fn element(a0: u32, r: u32) -> f32 {
  let x0 = in0[a0 + r * 64u];
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
  let start = f32(0.0);
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
