// concat: matrices of as many rows side by side: tensors joined along an axis
// rows=12544,columns=64x64
// rung concat for gpu, one dispatch
//
// cost        0 flop, 12.85 MB: 0.00 flop/B
// workgroups  6272 x 1 x 1 of 64 invocations
// binding     0  in0  read        vec4u  input 0   3.211 MB
// binding     1  in1  read        vec4u  input 1   3.211 MB
// binding     2  out  read_write  vec4u  output 0  6.423 MB

// concat/2-vec4
// [12544, n] for n of 64, 64 → out [12544, 128], side by side.

const COLUMNS = 32u;

@group(0) @binding(0) var<storage, read> in0: array<vec4u>;
@group(0) @binding(1) var<storage, read> in1: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4u>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out)) { return; }
  let row = i / COLUMNS;
  let column = i % COLUMNS;
  if (column < 16u) { out[i] = in0[row * 16u + column]; }
  else { out[i] = in1[row * 16u + column - 16u]; }
}
