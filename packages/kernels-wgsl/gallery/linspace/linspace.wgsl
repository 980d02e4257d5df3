// linspace: count numbers at equal distances, from 0 to last
// last=1,count=1024
// rung linspace for gpu, one dispatch
//
// cost        2.048 kflop, 4.096 kB: 0.500 flop/B
// workgroups  16 x 1 x 1 of 64 invocations
// binding     0  out  read_write  f32  output 0  4.096 kB

// linspace/f32
// out [1024] = 0, …, 1, 0.0009775171065493646 apart.

const END = 1023u;
const FIRST = 0.0f;
const LAST = 1.0f;
const STEP = 0.0009775171056389809f;

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&out)) { return; }
  let left = END - i;
  out[i] = select(LAST - STEP * f32(left), FIRST + STEP * f32(i), i < left);
}
