// grouped-conv2d-weight-grad: gradient of a grouped convolution's w
// x=64x14x14x64,w=3x3x1x64,stride=1,padding=1,dilation=1,groups=64
// rung 2-split for gpu, dispatch 2 of 2
//
// cost        64.51 kflop, 260.4 kB: 0.248 flop/B
// workgroups  3 x 1 x 1 of 64 invocations
// binding     0  parts  read        vec4f  temp 0    258 kB
// binding     1  dw     read_write  vec4f  output 0  2.304 kB

// grouped-conv2d-weight-grad/add-parts
// dw[i] = sum over z of parts[z, i]: parts [112, 9, 64].

const PARTS = 112u;
const SIZE = 144u;

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
