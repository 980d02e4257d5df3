// scan: cumulative sums of x along one axis, from either end, with or without each element
// x=4096x1024,axis=1,reverse=false,exclusive=false
// rung 0-serial for llvmpipe, one dispatch
//
// cost        4.194 Mflop, 33.55 MB: 0.125 flop/B
// workgroups  64 x 1 x 1 of 64 invocations
// binding     0  x    read        f32  input 0   16.78 MB
// binding     1  out  read_write  f32  output 0  16.78 MB

// scan/sums-alone
// x [4096, 1024, 1] → out of the same shape: sums along the middle axis.
// One invocation a range walks along it. Best where ranges are many, or short.

const RANGES = 4096u;
const RANGE = 1024u;
const INNER = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= RANGES) { return; }
  let base = i / INNER * RANGE * INNER + i % INNER;
  var sum = 0.0;
  for (var r = 0u; r < RANGE; r += 1u) { sum += x[base + r * INNER]; out[base + r * INNER] = sum; }
}
