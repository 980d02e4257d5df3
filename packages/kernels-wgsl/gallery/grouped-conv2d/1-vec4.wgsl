// grouped-conv2d: convolution in groups of channels, depthwise included
// x=64x14x14x64,w=3x3x1x64,stride=1,padding=1,dilation=1,groups=64
// rung 1-vec4 for gpu, one dispatch
//
// cost        13.11 Mflop, 6.425 MB: 2.04 flop/B
// workgroups  3136 x 1 x 1 of 64 invocations
// binding     0  x  read        vec4f  input 0   3.211 MB
// binding     1  w  read        vec4f  input 1   2.304 kB
// binding     2  y  read_write  vec4f  output 0  3.211 MB

// grouped-conv2d/1-vec4
// y[i, oh, ow, co] = sum over kh, kw, ci of x[i, oh * SY - PT + kh, ow * SX - PL + kw, co's group's ci] * w[kh, kw, ci, co]:
// x [64, 14, 14, 64], w [3, 3, 1, 64], y [64, 14, 14, 64]
// An invocation computes four neighbouring channels of y. The window is walked, and its edges are tested, once
// for all four, and a load of w feeds four multiply-adds: a quarter of the loads and of the index arithmetic on
// every adapter.
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

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

fn store(index: u32, result: vec4f) {
  y[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  let co = i % CO;
  let ow = i / CO % OW;
  let oh = i / (CO * OW) % OH;
  let image = i / (CO * OW * OH);
  var sum = vec4f();
  for (var kh = 0u; kh < KH; kh++) {
    let ih = oh * SY + kh * DY - PT; // wraps to a huge number above the image
    if (ih >= H) { continue; }
    for (var kw = 0u; kw < KW; kw++) {
      let iw = ow * SX + kw * DX - PL;
      if (iw >= W) { continue; }
      let pixel = ((image * H + ih) * W + iw) * CI + co / OUTPUTS * INPUTS;
      let tap = (kh * KW + kw) * INPUTS * CO + co;
      for (var ci = 0u; ci < INPUTS; ci++) { sum += x[pixel + ci] * w[tap + ci * CO]; }
    }
  }
  store(i, sum);
}
