// map: a fused elementwise chain: relu(a * b + c), where b and c broadcast to a
// a=64x14x14x64,b=64,c=64
// rung map for gpu, one dispatch
//
// cost        2.408 Mflop, 6.423 MB: 0.375 flop/B
// workgroups  3136 x 1 x 1 of 64 invocations
// binding     0  in0   read        vec4f  input 0   3.211 MB
// binding     1  in1   read        vec4f  input 1   256 B
// binding     2  in2   read        vec4f  input 2   256 B
// binding     3  out0  read_write  vec4f  output 0  3.211 MB

// map/relu-mul-add-vec4
// out[i] = relu-mul-add over [12544, 16] vec4s.

const D1 = 16u;

@group(0) @binding(0) var<storage, read> in0: array<vec4f>;
@group(0) @binding(1) var<storage, read> in1: array<vec4f>;
@group(0) @binding(2) var<storage, read> in2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out0: array<vec4f>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out0)) { return; }
  let c1 = i % D1;
  let x0 = in0[i];
  let x1 = in1[c1];
  let x2 = in2[c1];
  let t0 = x0 * x1; // mul
  let t1 = t0 + x2; // add
  let t2 = select(t1, vec4f(0.0f), t1 < vec4f(0.0f)); // relu
  out0[i] = t2;
}
