// grouped-conv2d-input-grad: gradient of a grouped convolution's x
// x=64x14x14x64,w=3x3x1x64,stride=1,padding=1,dilation=1,groups=64
// rung 1-vec4 for gpu, one dispatch
//
// cost        13.11 Mflop, 6.425 MB: 2.04 flop/B
// workgroups  3136 x 1 x 1 of 64 invocations
// binding     0  dy  read        vec4f  input 0   3.211 MB
// binding     1  w   read        vec4f  input 1   2.304 kB
// binding     2  dx  read_write  vec4f  output 0  3.211 MB

// grouped-conv2d-input-grad/1-vec4
// dx[i, oh * SY - PT + kh, ow * SX - PL + kw, c] = sum over oh, ow, kh, kw and c's group's co of dy[i, oh, ow, co] * w[kh, kw, ci, co]:
// x [64, 14, 14, 64], w [3, 3, 1, 64], y [64, 14, 14, 64], dx like x, dy like y.
// Loads bring four channels of dy and of w, which a dot product adds to one element of dx; in a depthwise
// convolution they belong to four elements of dx, and the taps are found once for all four. A quarter of the
// loads on every adapter.
// 64 groups; CI and INPUTS (of a group) count vec4s of x, CO and OUTPUTS vec4s of y.

const H = 14u;
const W = 14u;
const CI = 16u;
const OH = 14u;
const OW = 14u;
const SY = 1u;
const SX = 1u;
const PT = 1u;
const PL = 1u;
const KH = 3u;
const KW = 3u;
const DY = 1u;
const DX = 1u;
const CO = 16u;
const INPUTS = 1u;
const OUTPUTS = 1u;
const SIZE = 200704u;

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

fn store(index: u32, result: vec4f) {
  dx[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  let c = i % CI;
  let at_w = i / CI % W + PL;
  let at_h = i / (CI * W) % H + PT;
  let image = i / (CI * W * H);
  var sum = vec4f();
  for (var kh = at_h % SY; kh < min(KH, at_h + 1u); kh += SY) {
    let oh = (at_h - kh) / SY;
    if (oh >= OH) { continue; }
    for (var kw = at_w % SX; kw < min(KW, at_w + 1u); kw += SX) {
      let ow = (at_w - kw) / SX;
      if (ow >= OW) { continue; }
      let pixel = ((image * OH + oh) * OW + ow) * CO + c / INPUTS * OUTPUTS;
      let tap = ((kh * KW + kw) * INPUTS + c % INPUTS) * CO + c / INPUTS * OUTPUTS;
      for (var co = 0u; co < OUTPUTS; co++) { sum += dy[pixel + co] * w[tap + co]; }
    }
  }
  store(i, sum);
}
