// unslice: the transpose of a slice, as padding is: x laid into zeros
// x=64x14x14x64,out=64x16x16x64,start=0x1x1x0,step=1x1x1x1
// rung unslice for gpu, one dispatch
//
// cost        0 flop, 7.406 MB: 0.00 flop/B
// workgroups  4096 x 1 x 1 of 64 invocations
// binding     0  x    read        vec4u  input 0   3.211 MB
// binding     1  out  read_write  vec4u  output 0  4.194 MB

// unslice-vec4
// x [64,14,14,64] → out [64,16,16,64]: element k of axis a comes to start[a] + step[a] · k; elsewhere the word WORD.
// starts [0,1,1,0], steps [1,1,1,1]

const WORD = 0u;
const D1 = 16u;
const D2 = 256u;

@group(0) @binding(0) var<storage, read> x: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4u>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out)) { return; }
  let c0 = i / D2 / D1;
  let c1 = i / D2 % D1;
  let c2 = i % D2;
  let p1 = c1 - 1u;
  let p2 = c2 - 16u;
  var value = vec4u(WORD);
  if (p1 < 14u && p2 < 224u) { value = x[c0 * 3136u + p1 * 224u + p2]; }
  out[i] = value;
}
