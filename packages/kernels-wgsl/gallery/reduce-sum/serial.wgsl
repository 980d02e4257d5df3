// reduce-sum: sum over any axes
// x=64x1,axes=0x1
// rung serial for gpu, one dispatch
//
// cost        64 flop, 260 B: 0.246 flop/B
// workgroups  1 x 1 x 1 of 64 invocations
// binding     0  in0  read        vec4f  input 0   256 B
// binding     1  out  read_write  f32    output 0  4 B

// reduce/sum-serial-vec4-reduced
// sum of [64, 1] over axes [0, 1], cut into 1 chunks of the reduced range.
// out [1, 1]; loads of 4 values along the reduced axes.

const ITEMS = 1u;
const RANGE = 16u;
const CHUNKS = 1u;
const CHUNK = 16u;

@group(0) @binding(0) var<storage, read> in0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

fn element(a0: u32, r: u32) -> vec4f {
  let x0 = in0[a0 + r];
  return x0;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= ITEMS * CHUNKS) { return; }
  let item = i % ITEMS;
  let begin = i / ITEMS * CHUNK;
  let end = min(begin + CHUNK, RANGE);
  let a0 = 0u;
  let start = vec4f(0.0);
  var s0 = start;
  var s1 = start;
  var s2 = start;
  var s3 = start;
  var r = begin;
  for (; r + 4u <= end; r += 4u) {
    s0 = s0 + element(a0, r);
    s1 = s1 + element(a0, r + 1u);
    s2 = s2 + element(a0, r + 2u);
    s3 = s3 + element(a0, r + 3u);
  }
  for (; r < end; r += 1u) { s0 = s0 + element(a0, r); }
  let result = (s0 + s1) + (s2 + s3);
  let total = (result.x + result.y) + (result.z + result.w);
  out[i] = total;
}
