// grouped-conv2d-weight-grad: gradient of a grouped convolution's w
// x=64x14x14x64,w=3x3x1x64,stride=1,padding=1,dilation=1,groups=64
// rung 2-split for gpu, dispatch 1 of 2
//
// cost        13.11 Mflop, 6.681 MB: 1.96 flop/B
// workgroups  252 x 1 x 1 of 64 invocations
// binding     0  x      read        vec4f  input 0  3.211 MB
// binding     1  dy     read        vec4f  input 1  3.211 MB
// binding     2  parts  read_write  vec4f  temp 0   258 kB

// grouped-conv2d-weight-grad/2-split
// dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, oh * SY - PT + kh, ow * SX - PL + kw, co's group's ci] * dy[i, oh, ow, co]:
// x [64, 14, 14, 64], w [3, 3, 1, 64], y [64, 14, 14, 64], dw like w, dy like y.
// Each of several invocations sums a part of the rows of the batch, and a second dispatch adds the parts in
// order. Without it a depthwise 3 x 3 over 64 channels is work for 144 invocations, which leaves any adapter
// idle but a CPU.
// 64 groups; CI and INPUTS (of a group) count vec4s of x, CO and OUTPUTS vec4s of y.
// parts [112, ...w's shape]: part p sums rows p * STEPS and on of the batch's 896.

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
const SIZE = 144u;
const PARTS = 112u;
const STEPS = 8u;
const ROWS = 896u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

fn store(index: u32, result: vec4f) {
  parts[index] = result;
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
  var sum = vec4f();
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
