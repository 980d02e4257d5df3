// grouped-conv2d-weight-grad: gradient of a grouped convolution's w
// x=64x14x14x64,w=3x3x1x64,stride=1,padding=1,dilation=1,groups=64
// rung 0-naive for swiftshader, one dispatch
//
// cost        13.11 Mflop, 6.425 MB: 2.04 flop/B
// workgroups  9 x 1 x 1 of 64 invocations
// binding     0  x   read        f32  input 0   3.211 MB
// binding     1  dy  read        f32  input 1   3.211 MB
// binding     2  dw  read_write  f32  output 0  2.304 kB

// grouped-conv2d-weight-grad/0-naive
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, co's group's ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [3, 3, 1, 64], y [64, 14, 14, 64], dw like w, dy like y.
// An invocation computes one element of dw, and walks every pixel of the batch for it.
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
const SIZE = 576u;
const PARTS = 1u;
const STEPS = 896u;
const ROWS = 896u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

fn store(index: u32, result: f32) {
  dw[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE * PARTS) { return; }
  let co = i % CO;
  let ci = i / CO % INPUTS;
  let kw = i / (CO * INPUTS) % KW;
  let kh = i / (CO * INPUTS * KW) % KH;
  let part = i / SIZE;
  let channel = co / OUTPUTS * INPUTS + ci;
  var sum = f32();
  for (var o = part * STEPS; o < min(ROWS, part * STEPS + STEPS); o++) {
    let ih = o % OH * SY + kh * DY - PT; // wraps to a huge number above the image
    if (ih >= H) { continue; }
    let row = (o / OH * H + ih) * W;
    for (var ow = 0u; ow < OW; ow++) {
      let iw = ow * SX + kw * DX - PL;
      if (iw >= W) { continue; }
      sum += x[(row + iw) * CI + channel] * dy[(o * OW + ow) * CO + co];
    }
  }
  store(i, sum);
}
