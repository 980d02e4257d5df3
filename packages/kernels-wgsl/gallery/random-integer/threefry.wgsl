// random-integer: whole numbers below a limit, from 32 random bits each
// count=6400,limit=10
// rung threefry for gpu, one dispatch
//
// cost        0 flop, 25.62 kB: 0.00 flop/B
// workgroups  51 x 1 x 1 of 64 invocations
// binding     0  state  read        u32  input 0   16 B
// binding     1  out    read_write  u32  output 0  25.6 kB

// random/integer
// state [key, key, counter low, counter high] → out[i], a function of the key and counter + i.

const LIMIT = 10u;

@group(0) @binding(0) var<storage, read> state: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;

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

/// ⌊word · LIMIT / 2³²⌋ of either word: the upper half of a product of 64 bits, from the products of its factors' halves.
fn integer_pair(block: vec2u) -> vec2u {
  let low = block & vec2u(0xffffu);
  let high = block >> vec2u(16u);
  let carry = (low * (LIMIT & 0xffffu)) >> vec2u(16u);
  let first = high * (LIMIT & 0xffffu) + carry;
  let second = low * (LIMIT >> 16u) + (first & vec2u(0xffffu));
  return high * (LIMIT >> 16u) + (first >> vec2u(16u)) + (second >> vec2u(16u));
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  let key = vec2u(state[0], state[1]);
  let first_block = vec2u((state[2] >> 1u) | (state[3] << 31u), state[3] >> 1u);
  let low = first_block.x + i;
  let high = first_block.y + select(0u, 1u, low < i);
  let pair = integer_pair(threefry2x32(key, vec2u(low, high)));
  let even = 2u * i - (state[2] & 1u); // before the first element, and so beyond the last, where the counter is odd and i = 0
  let odd = even + 1u;
  if (even < arrayLength(&out)) { out[even] = pair.x; }
  if (odd < arrayLength(&out)) { out[odd] = pair.y; }
}
