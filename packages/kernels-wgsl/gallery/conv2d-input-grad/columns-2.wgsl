// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x28x28x1,w=4x4x1x64,stride=2,padding=1
// rung columns for gpu, dispatch 2 of 2
//
// cost        200.7 kflop, 1.004 MB: 0.200 flop/B
// workgroups  784 x 1 x 1 of 64 invocations
// binding     0  columns  read        f32  temp 0    802.8 kB
// binding     1  dx       read_write  f32  output 0  200.7 kB

// conv2d-columns/add-columns
// dx[i, h, w, ci] = sum over the taps that reach (h, w) of columns[i, oh, ow, kh, kw, ci]:
// x [64, 28, 28, 1], w [4, 4, 1, 64], y [64, 14, 14, 64]

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
  let w = i / CI % W + PL;
  let h = i / (CI * W) % H + PT;
  let image = i / (CI * W * H);
  var sum = 0.0f;
  // A tap reaches the pixel where it is a multiple of the stride away; taps beyond h or w would come from before dy's first.
  for (var kh = h % SY; kh < min(KH, h + 1u); kh += SY) {
    let oh = (h - kh) / SY;
    if (oh >= OH) { continue; }
    for (var kw = w % SX; kw < min(KW, w + 1u); kw += SX) {
      let ow = (w - kw) / SX;
      if (ow >= OW) { continue; }
      sum += columns[((((image * OH + oh) * OW + ow) * KH + kh) * KW + kw) * CI + ci];
    }
  }
  store(i, sum);
}
