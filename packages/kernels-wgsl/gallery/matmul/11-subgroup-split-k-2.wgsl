// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=64,k=6272,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 11-subgroup-split-k for llvmpipe, dispatch 2 of 2
//
// cost        53.25 kflop, 229.4 kB: 0.232 flop/B
// workgroups  16 x 1 x 1 of 64 invocations
// binding     0  parts  read        vec4f  temp 0    213 kB
// binding     1  c      read_write  vec4f  output 0  16.38 kB

// matmul/add-parts
// c[i] = sum over z of parts[z, i]: parts [13, 64, 64].

const PARTS = 13u;
const SIZE = 1024u;

@group(0) @binding(0) var<storage, read> parts: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> c: array<vec4f>;

fn store(index: u32, result: vec4f) {
  c[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  var sum = vec4f();
  for (var z = 0u; z < PARTS; z++) { sum += parts[z * SIZE + i]; }
  store(i, sum);
}
