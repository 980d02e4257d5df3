// reduce-sum: sum over any axes
// x=64x14x14x64,axes=0x1x2
// rung 4-workgroup-tree for gpu, dispatch 1 of 2
//
// cost        802.8 kflop, 3.236 MB: 0.248 flop/B
// workgroups  98 x 1 x 1 of 256 invocations
// memory      4096 B, shared by a workgroup
// binding     0  in0  read        vec4f  input 0  3.211 MB
// binding     1  out  read_write  vec4f  temp 0   25.09 kB

// reduce/sum-workgroup-vec4-kept
// sum of [64, 14, 14, 64] over axes [0, 1, 2], cut into 98 chunks of the reduced range.
// out [98, 64]; loads of 4 values along the kept axes.
// The lanes of a workgroup share a range, so that neighbouring lanes read neighbouring values, and combine what
// they have in halves through workgroup memory. On a GPU a row of lanes then reads whole lines of memory, and
// few partial results leave the chip.

const ITEMS = 16u;
const GROUPS = 1u;
const CHUNKS = 98u;
const RANGE = 12544u;
const CHUNK = 128u;

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
    out[chunk * ITEMS + item] = total;
  }
}
