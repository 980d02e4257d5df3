// conv2d-input-grad: gradient of a convolution's x, which is the transposed convolution
// x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1
// rung 0-naive for swiftshader, one dispatch
//
// cost        708.8 Mflop, 5.341 MB: 133 flop/B
// workgroups  3136 x 1 x 4 of 64 invocations
// binding     0  dy  read        f32  input 0   1.606 MB
// binding     1  w   read        f32  input 1   524.3 kB
// binding     2  dx  read_write  f32  output 0  3.211 MB

// conv2d-input-grad/0-naive
// dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:
// x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128], dx like x, dy like y.
// One invocation computes one element of C: a row of A times a column of B, element by element. Two loads for
// every multiply-add, so memory is the limit everywhere; what the rungs above save is loads.
// An invocation computes an element of C's 3136 x 64.

const H = 14u;
const W = 14u;
const CI = 64u;
const OH = 7u;
const OW = 7u;
const SY = 2u;
const SX = 2u;
const PT = 1u;
const PL = 1u;
const KH = 4u;
const KW = 4u;
const CO = 128u;
const PHASE_H = 7u;
const PHASE_W = 7u;
const PHASES_X = 2u;
const M = 3136u;
const N = 64u;
const ROWS = 12544u;
const OUTER = 4u;
const INNER = 128u;
const SIZE = 200704u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

// Image, row and column of dy, and the phase's taps in x.
fn a_line(m: u32, phase: u32) -> vec4i {
  let pixel = pixel_at(m);
  let first = pixel.yz + (phase_corner(phase) + vec2u(PT, PL)) / vec2u(SY, SX);
  return vec4i(vec4u(pixel.x, first, taps(phase).y));
}
// The pixel's channels, or -1 outside dy.
fn a_base(line: vec4i, o: u32) -> i32 {
  let place = line.yz - vec2i(tap_at(o, u32(line.w)));
  let inside = all(vec2u(place) < vec2u(OH, OW));
  return select(-1, ((line.x * i32(OH) + place.x) * i32(OW) + place.y) * i32(CO), inside);
}
fn a_load(base: i32, c: u32) -> f32 {
  return select(f32(), dy[u32(max(base, 0)) + c], base >= 0);
}

// The input channel, the phase's first tap, and its taps in x.
fn b_line(n: u32, phase: u32) -> vec4u { return vec4u(n, first_tap(phase), taps(phase).y); }
fn b_base(line: vec4u, o: u32) -> u32 {
  let tap = line.yz + tap_at(o, line.w) * vec2u(SY, SX);
  return ((tap.x * KW + tap.y) * CI + line.x) * (CO);
}
fn b_load(base: u32, c: u32) -> f32 { return w[base + c]; }

// Pixel (0, 0) of the phase, which is smaller than (SY, SX).
fn phase_corner(phase: u32) -> vec2u { return vec2u(phase / PHASES_X, phase % PHASES_X); }
// The first tap that reaches the phase, and how many do in y and x, each SY or SX after the one before.
fn first_tap(phase: u32) -> vec2u { return (phase_corner(phase) + vec2u(PT, PL)) % vec2u(SY, SX); }
fn taps(phase: u32) -> vec2u { return (vec2u(KH + SY - 1u, KW + SX - 1u) - first_tap(phase)) / vec2u(SY, SX); }
fn outer_steps(phase: u32) -> u32 { return taps(phase).x * taps(phase).y; }
// The tap of outer step o, (row, column) in the phase's own counting.
fn tap_at(o: u32, taps_x: u32) -> vec2u {
  let row = o / 2u;
  return vec2u(row, o - row * taps_x);
}
// Image and pixel of the phase's row m.
fn pixel_at(m: u32) -> vec3u { return vec3u(m / (PHASE_H * PHASE_W), m / PHASE_W % PHASE_H, m % PHASE_W); }
fn output_row(m: u32, phase: u32) -> u32 {
  let pixel = pixel_at(m);
  let place = pixel.yz * vec2u(SY, SX) + phase_corner(phase);
  return select(ROWS, (pixel.x * H + place.x) * W + place.y, all(place < vec2u(H, W)));
}

fn store(index: u32, result: f32) {
  dx[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= SIZE) { return; }
  let m = i / N;
  let n = i % N;
  let phase = gid.z;
  let row = output_row(m, phase);
  if (row >= ROWS) { return; }
  let line_a = a_line(m, phase);
  let line_b = b_line(n, phase);
  var sum = 0.0f;
  for (var o = 0u; o < outer_steps(phase); o++) {
    let run_a = a_base(line_a, o);
    let run_b = b_base(line_b, o);
    for (var c = 0u; c < INNER; c++) { sum += a_load(run_a, c) * b_load(run_b, c); }
  }
  store(row * N + n, sum);
}
