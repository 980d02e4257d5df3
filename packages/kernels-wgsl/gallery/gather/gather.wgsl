// gather: a batch of images out of a data set of bytes, normalised
// count=60000,pixels=784,batch=64
// rung gather for gpu, one dispatch
//
// cost        100.4 kflop, 251.1 kB: 0.400 flop/B
// workgroups  196 x 1 x 1 of 64 invocations
// binding     0  data     read        u32    input 0   47.04 MB
// binding     1  indices  read        u32    input 1   256 B
// binding     2  out      read_write  vec4f  output 0  200.7 kB

// gather/images-vec4
// data u8 [60000, 784] in u32 words, indices [64] → out f32 [64, 784] = SCALE · data[indices[b]] + SHIFT.

const IMAGES = 60000u;
const WORDS = 196u;
const SCALE = 0.007843137718737125f;
const SHIFT = -1.0f;

@group(0) @binding(0) var<storage, read> data: array<u32>;
@group(0) @binding(1) var<storage, read> indices: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out)) { return; }
  let image = min(indices[i / WORDS], IMAGES - 1u);
  let word = data[image * WORDS + i % WORDS];
  let bytes = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
  out[i] = SCALE * vec4f(bytes) + SHIFT;
}
