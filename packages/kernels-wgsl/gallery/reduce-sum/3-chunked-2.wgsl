// reduce-sum: sum over any axes
// x=64x14x14x64,axes=0x1x2
// rung 3-chunked for gpu, dispatch 2 of 2
//
// cost        100.4 kflop, 401.7 kB: 0.250 flop/B
// workgroups  1 x 1 x 1 of 256 invocations
// memory      4096 B, shared by a workgroup
// binding     0  in0  read        vec4f  temp 0    401.4 kB
// binding     1  out  read_write  vec4f  output 0  256 B

// reduce/sum-workgroup-vec4-kept
// sum of [1568, 64] over axes [0], cut into 1 chunks of the reduced range.
// out [1, 64]; loads of 4 values along the kept axes.

const ITEMS = 16u;
const GROUPS = 1u;
const CHUNKS = 1u;
const RANGE = 1568u;
const CHUNK = 1568u;

@group(0) @binding(0) var<storage, read> in0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

var<workgroup> partial: array<vec4f, 256>;

fn element(a0: u32, r: u32) -> vec4f {
  let x0 = in0[a0 + r * 16u];
  return x0;
}

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = wid.x + wid.y * 65535u;
  if (i >= GROUPS * CHUNKS) { return; }
  let chunk = i / GROUPS;
  let depth = lid.x / 16u;
  let beside = lid.x % 16u;
  let place = i % GROUPS * 16u + beside;
  let item = min(place, ITEMS - 1u);
  let begin = chunk * CHUNK;
  let end = min(begin + CHUNK, RANGE);
  let k0 = item;
  let a0 = k0;
  let start = vec4f(0.0);
  var s0 = start;
  var s1 = start;
  var s2 = start;
  var s3 = start;
  var r = begin + depth;
  for (; r + 48u < end; r += 64u) {
    s0 = s0 + element(a0, r);
    s1 = s1 + element(a0, r + 16u);
    s2 = s2 + element(a0, r + 32u);
    s3 = s3 + element(a0, r + 48u);
  }
  for (; r < end; r += 16u) { s0 = s0 + element(a0, r); }
  let result = (s0 + s1) + (s2 + s3);
  partial[depth * 16u + beside] = result;
  workgroupBarrier();
  for (var half = 8u; half > 0u; half /= 2u) {
    if (depth < half) { let slot = depth * 16u + beside; partial[slot] = partial[slot] + partial[slot + half * 16u]; }
    workgroupBarrier();
  }
  if (depth == 0u && place < ITEMS) {
    let total = partial[beside];
    out[item] = total;
  }
}
