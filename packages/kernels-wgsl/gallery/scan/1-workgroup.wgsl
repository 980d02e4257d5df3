// scan: cumulative sums of x along one axis, from either end, with or without each element
// x=4096x1024,axis=1,reverse=false,exclusive=false
// rung 1-workgroup for gpu, one dispatch
//
// cost        4.194 Mflop, 33.55 MB: 0.125 flop/B
// workgroups  4096 x 1 x 1 of 64 invocations
// memory      256 B, shared by a workgroup
// binding     0  x    read        f32  input 0   16.78 MB
// binding     1  out  read_write  f32  output 0  16.78 MB

// scan/sums-workgroup
// x [4096, 1024, 1] → out of the same shape: sums along the middle axis.
// The lanes of a workgroup share a range: each adds up its part, and then walks it again from the sum of the
// parts before it.

const RANGES = 4096u;
const RANGE = 1024u;
const INNER = 1u;
const CHUNK = 16u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= RANGES) { return; }
  let base = i / INNER * RANGE * INNER + i % INNER;
  var sum = 0.0;
  let begin = min(lid.x * CHUNK, RANGE);
  let end = min(begin + CHUNK, RANGE);
  var own = 0.0;
  for (var r = begin; r < end; r += 1u) { own += x[base + r * INNER]; }
  sums[lid.x] = own;
  workgroupBarrier();
  for (var part = 0u; part < lid.x; part += 1u) { sum += sums[part]; }
  for (var r = begin; r < end; r += 1u) { sum += x[base + r * INNER]; out[base + r * INNER] = sum; }
}
