// grouped-conv2d-input-grad: gradient of a grouped convolution's x
// x=64x14x14x64,w=3x3x1x64,stride=1,padding=1,dilation=1,groups=64
// rung 0-naive for gpu, one dispatch
//
// cost        13.11 Mflop, 6.425 MB: 2.04 flop/B
// workgroups  12544 x 1 x 1 of 64 invocations
// binding     0  dy  read        f32  input 0   3.211 MB
// binding     1  w   read        f32  input 1   2.304 kB
// binding     2  dx  read_write  f32  output 0  3.211 MB

// grouped-conv2d-input-grad/0-naive
// dx[i, oh * SY - PT + kh, ow * SX - PL + kw, c] = sum over oh, ow, kh, kw and c's group's co of dy[i, oh, ow, co] * w[kh, kw, ci, co]:
// x [64, 14, 14, 64], w [3, 3, 1, 64], y [64, 14, 14, 64], dx like x, dy like y.
// An invocation computes one element of dx: it visits the taps that reach its pixel, and no others, and loads an
// element of dy and one of w for each multiply-add.
// 64 groups; CI and INPUTS (of a group) count channels of x, CO and OUTPUTS channels of y.

const H = 14u;
const W = 14u;
const CI = 64u;
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
const CO = 64u;
const INPUTS = 1u;
const OUTPUTS = 1u;
const SIZE = 802816u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

fn store(index: u32, result: f32) {
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
  var sum = f32();
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
