// random-normal: standard normal numbers: the noise that a generator starts from
// count=6400
// rung threefry for gpu, one dispatch
//
// cost        153.6 kflop, 25.62 kB: 6.00 flop/B
// workgroups  51 x 1 x 1 of 64 invocations
// binding     0  state  read        u32  input 0   16 B
// binding     1  out    read_write  f32  output 0  25.6 kB

// random/normal
// state [key, key, counter low, counter high] → out[i], a function of the key and counter + i.


@group(0) @binding(0) var<storage, read> state: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

fn mix(x: vec2u, r: u32) -> vec2u {
  let sum = x.x + x.y;
  return vec2u(sum, ((x.y << r) | (x.y >> (32u - r))) ^ sum);
}
fn even_rounds(x: vec2u) -> vec2u { return mix(mix(mix(mix(x, 13u), 15u), 26u), 6u); }
fn odd_rounds(x: vec2u) -> vec2u { return mix(mix(mix(mix(x, 17u), 29u), 16u), 24u); }

/// Threefry-2x32, 20 rounds: a key and a counter to two random words.
fn threefry2x32(key: vec2u, counter: vec2u) -> vec2u {
  let parity = key.x ^ key.y ^ 0x1bd11bdau;
  var x = counter + key;
  x = even_rounds(x) + vec2u(key.y, parity + 1u);
  x = odd_rounds(x) + vec2u(parity, key.x + 2u);
  x = even_rounds(x) + vec2u(key.x, key.y + 3u);
  x = odd_rounds(x) + vec2u(key.y, parity + 4u);
  return even_rounds(x) + vec2u(parity, key.x + 5u);
}

/// log(n / 2²⁴) for n in [1, 2²⁴], from log((1 + s) / (1 - s)) = 2 (s + s³/3 + s⁵/5 + …). WGSL's own log may be wrong by
/// 2⁻²¹ near 1, which the square root below would turn into 2⁻¹⁰.
fn log_fraction(n: u32) -> f32 {
  let exponent = firstLeadingBit(n);
  let mantissa = f32(n) / f32(1u << exponent);
  let upper = mantissa > 1.41421356f;
  let m = select(mantissa, 0.5f * mantissa, upper);
  let s = (m - 1.0f) / (m + 1.0f);
  let q = s * s;
  let log_m = 2.0f * s * (1.0f + q * (1.0f / 3.0f + q * (0.2f + q * (1.0f / 7.0f + q / 9.0f))));
  return (f32(exponent) + select(0.0f, 1.0f, upper) - 24.0f) * 0.693147181f + log_m;
}

/// (cos, sin)(2π n / 2²⁴) for n < 2²⁴: the nearest quarter turn, exactly, and series for the angle that is left, at most π/4.
fn turn(n: u32) -> vec2f {
  let quarter = (n + 0x200000u) >> 22u;
  let angle = (f32(n) - f32(quarter << 22u)) * (6.28318531f * 0x1p-24f);
  let q = angle * angle;
  let cosine = 1.0f - q * (0.5f - q * (1.0f / 24.0f - q * (1.0f / 720.0f - q / 40320.0f)));
  let sine = angle * (1.0f - q * (1.0f / 6.0f - q * (1.0f / 120.0f - q * (1.0f / 5040.0f - q / 362880.0f))));
  let half = select(vec2f(cosine, sine), vec2f(-sine, cosine), (quarter & 1u) == 1u);
  return select(half, -half, (quarter & 2u) == 2u);
}

/// Box and Muller, 1958: both of the two independent normals. The logarithm's argument is in (0, 1].
fn normal_pair(block: vec2u) -> vec2f {
  return sqrt(-2.0f * log_fraction((block.x >> 8u) + 1u)) * turn(block.y >> 8u);
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  let key = vec2u(state[0], state[1]);
  let first_block = vec2u((state[2] >> 1u) | (state[3] << 31u), state[3] >> 1u);
  let low = first_block.x + i;
  let high = first_block.y + select(0u, 1u, low < i);
  let pair = normal_pair(threefry2x32(key, vec2u(low, high)));
  let even = 2u * i - (state[2] & 1u); // before the first element, and so beyond the last, where the counter is odd and i = 0
  let odd = even + 1u;
  if (even < arrayLength(&out)) { out[even] = pair.x; }
  if (odd < arrayLength(&out)) { out[odd] = pair.y; }
}
