// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 14-transposed-weights for llvmpipe, dispatch 1 of 2
//
// cost        0 flop, 1.049 MB: 0.00 flop/B
// workgroups  2048 x 1 x 1 of 64 invocations
// binding     0  in0   read        f32  input 1  524.3 kB
// binding     1  out0  read_write  f32  temp 0   524.3 kB

// map/transpose-weights
// out[i] = transpose-weights over [16, 128, 64] elements.

const D1 = 128u;
const D2 = 64u;

@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read_write> out0: array<f32>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out0)) { return; }
  let c0 = i / D2 / D1;
  let c1 = i / D2 % D1;
  let c2 = i % D2;
  let x0 = in0[c0 * 8192u + c1 + c2 * 128u];
  out0[i] = x0;
}
