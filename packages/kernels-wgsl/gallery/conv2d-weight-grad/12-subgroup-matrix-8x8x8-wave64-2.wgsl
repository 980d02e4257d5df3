// conv2d-weight-grad: gradient of a convolution's w
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 12-subgroup-matrix-8x8x8-wave64 for gpu, dispatch 2 of 2
//
// cost        1.049 Mflop, 4.719 MB: 0.222 flop/B
// workgroups  512 x 1 x 1 of 64 invocations
// binding     0  parts  read        vec4f  temp 0    4.194 MB
// binding     1  dw     read_write  vec4f  output 0  524.3 kB

// conv2d-weight-grad/add-parts
// dw[i] = sum over z of parts[z, i]: parts [8, 1024, 128].

const PARTS = 8u;
const SIZE = 32768u;

@group(0) @binding(0) var<storage, read> parts: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dw: array<vec4f>;

fn store(index: u32, result: vec4f) {
  dw[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  var sum = vec4f();
  for (var z = 0u; z < PARTS; z++) { sum += parts[z * SIZE + i]; }
  store(i, sum);
}
