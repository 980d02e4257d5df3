// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x28x28x1,w=4x4x1x64,stride=2,padding=1,dilation=1
// rung 13-columns for gpu, dispatch 2 of 2
//
// cost        200.7 kflop, 1.004 MB: 0.200 flop/B
// workgroups  784 x 1 x 1 of 64 invocations
// binding     0  columns  read        f32  temp 0    802.8 kB
// binding     1  dx       read_write  f32  output 0  200.7 kB

// conv2d-columns/add-columns
// dx[i, h, w, ci] = sum over the taps that reach (h, w) of columns[i, oh, ow, kh, kw, ci]:
// x [64, 28, 28, 1], w [4, 4, 1, 64], y [64, 14, 14, 64]
// For an image of few channels, which leave the tiles of each phase nearly empty: one product gives what every
// pixel of dy sends through every tap, and a second dispatch adds up what arrives at each element of dx. Tiles
// are full, for one more trip through memory.

const H = 28u;
const W = 28u;
const CI = 1u;
const OH = 14u;
const OW = 14u;
const SY = 2u;
const SX = 2u;
const PT = 1u;
const PL = 1u;
const KH = 4u;
const KW = 4u;
const SIZE = 50176u;

@group(0) @binding(0) var<storage, read> columns: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;

fn store(index: u32, result: f32) {
  dx[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  let ci = i % CI;
  let at_w = i / CI % W + PL;
  let at_h = i / (CI * W) % H + PT;
  let image = i / (CI * W * H);
  var sum = 0.0f;
  for (var kh = at_h % SY; kh < min(KH, at_h + 1u); kh += SY) {
    let oh = (at_h - kh) / SY;
    if (oh >= OH) { continue; }
    for (var kw = at_w % SX; kw < min(KW, at_w + 1u); kw += SX) {
      let ow = (at_w - kw) / SX;
      if (ow >= OW) { continue; }
      sum += columns[((((image * OH + oh) * OW + ow) * KH + kh) * KW + kw) * CI + ci];
    }
  }
  store(i, sum);
}
