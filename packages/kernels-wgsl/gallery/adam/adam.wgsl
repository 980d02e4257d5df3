// adam: one update of all of an optimiser's parameters, with a DCGAN's hyper-parameters
// size=1048576
// rung adam for gpu, one dispatch
//
// cost        14.68 Mflop, 29.36 MB: 0.500 flop/B
// workgroups  4096 x 1 x 1 of 64 invocations
// binding     0  p      read_write  vec4f  input 0  4.194 MB
// binding     1  m      read_write  vec4f  input 1  4.194 MB
// binding     2  v      read_write  vec4f  input 2  4.194 MB
// binding     3  g      read        vec4f  input 3  4.194 MB
// binding     4  hyper  read        f32    input 4  8 B

// adam-vec4
// p, m, v, g [n]; hyper [t, learning rate]. p -= rate · m̂ / (√v̂ + EPS), where m and v are moving averages of g and g²
// and m̂ = m / (1 - BETA1ᵗ), v̂ = v / (1 - BETA2ᵗ) make up for their start at 0.

const BETA1 = 0.5f;
const BETA2 = 0.9990000128746033f;
const ONE_MINUS_BETA1 = 0.5f;
const ONE_MINUS_BETA2 = 0.0010000000474974513f;
const LOG_BETA1 = -0.6931471824645996f;
const LOG_BETA2 = -0.0010005002841353416f;
const EPS = 9.99999993922529e-9f;
const WEIGHT_DECAY = 0.0f;

@group(0) @binding(0) var<storage, read_write> p: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> g: array<vec4f>;
@group(0) @binding(4) var<storage, read> hyper: array<f32>;

/// 1 - exp(y) for y ≤ 0; the series of exp near 0.
fn one_minus_exp(y: f32) -> f32 {
  if (y < -0.5f) { return 1.0f - exp(y); }
  return -y * (1.0f + y / 2.0f * (1.0f + y / 3.0f * (1.0f + y / 4.0f * (1.0f + y / 5.0f * (1.0f + y / 6.0f * (1.0f + y / 7.0f * (1.0f + y / 8.0f)))))));
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= arrayLength(&p)) { return; }
  let t = hyper[0];
  let rate = hyper[1];
  let gradient = g[i] + WEIGHT_DECAY * p[i];
  let first = BETA1 * m[i] + ONE_MINUS_BETA1 * gradient;
  let second = BETA2 * v[i] + ONE_MINUS_BETA2 * gradient * gradient;
  m[i] = first;
  v[i] = second;
  let step = rate / one_minus_exp(t * LOG_BETA1);
  let root = sqrt(second) / sqrt(one_minus_exp(t * LOG_BETA2));
  p[i] -= step * first / (root + EPS);
}
