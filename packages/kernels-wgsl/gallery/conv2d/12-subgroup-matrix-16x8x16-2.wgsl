// conv2d: convolution of x [NHWC] with w [HWIO]
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 12-subgroup-matrix-16x8x16 for gpu, dispatch 2 of 2
//
// cost        802.8 kflop, 4.817 MB: 0.167 flop/B
// workgroups  1568 x 1 x 1 of 64 invocations
// binding     0  parts  read        vec4f  temp 0    3.211 MB
// binding     1  y      read_write  vec4f  output 0  1.606 MB

// conv2d/add-parts
// y[i] = sum over z of parts[z, i]: parts [2, 3136, 128].

const PARTS = 2u;
const SIZE = 100352u;

@group(0) @binding(0) var<storage, read> parts: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

fn store(index: u32, result: vec4f) {
  y[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  var sum = vec4f();
  for (var z = 0u; z < PARTS; z++) { sum += parts[z * SIZE + i]; }
  store(i, sum);
}
