/**
 * Random numbers on the device. The state is u32 [4]: key (2 words), counter (low, high). Element i is a function of the key
 * and counter + i alone, so a tensor filled in one dispatch equals one filled in many, and `Rng` draws the same on the host.
 * A block of Threefry makes two numbers, those of counters 2b and 2b + 1, and an invocation both of them.
 */
import { type Candidate, candidate, slot } from './candidate.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel } from './kernel.ts';
import { THREEFRY_WGSL } from './threefry.ts';

export interface RandomSpec {
  /** Uniform in [0, 1), the standard normal, or whole numbers (u32) in [0, limit), all as probable but for limit / 2³². */
  distribution: 'uniform' | 'normal' | 'integer';
  /** How many to draw, at most 2³². */
  count: number;
  /** Of `integer`: 1 to 2³². Default 2³². */
  limit?: number;
}

/** Words of the state tensor. */
export const RANDOM_STATE_WORDS = 4;

const UNIFORM = `
/// The upper 24 bits of either word as a multiple of 2⁻²⁴ in [0, 1).
fn uniform_pair(block: vec2u) -> vec2f { return vec2f(block >> vec2u(8u)) * 0x1p-24f; }`;

const NORMAL = `
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
}`;

/** All 32 bits: LIMIT would be 2³². */
const WORDS = `
fn integer_pair(block: vec2u) -> vec2u { return block; }`;

const INTEGER = `
/// ⌊word · LIMIT / 2³²⌋ of either word: the upper half of a product of 64 bits, from the products of its factors' halves.
fn integer_pair(block: vec2u) -> vec2u {
  let low = block & vec2u(0xffffu);
  let high = block >> vec2u(16u);
  let carry = (low * (LIMIT & 0xffffu)) >> vec2u(16u);
  let first = high * (LIMIT & 0xffffu) + carry;
  let second = low * (LIMIT >> 16u) + (first & vec2u(0xffffu));
  return high * (LIMIT >> 16u) + (first >> vec2u(16u)) + (second >> vec2u(16u));
}`;

/** Bindings: state u32 [4] (read), out f32 [count], u32 for integers (read_write). */
export function random({ distribution, count, limit = 2 ** 32 }: RandomSpec): Kernel {
  const bounded = distribution === 'integer' && limit < 2 ** 32;
  return defineKernel({
    name: `random/${distribution}`,
    about: ['state [key, key, counter low, counter high] → out[i], a function of the key and counter + i.'],
    ...(bounded && { constants: { LIMIT: limit } }),
    bindings: [
      { name: 'state', type: 'u32', access: 'read' },
      { name: 'out', type: distribution === 'integer' ? 'u32' : 'f32', access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(Math.floor(count / 2) + 1), // a counter that is odd begins within a block
    declarations: [
      THREEFRY_WGSL,
      { uniform: UNIFORM, normal: NORMAL, integer: bounded ? INTEGER : WORDS }[distribution],
    ].join('\n'),
    main: `
${FLAT_INDEX}
let key = vec2u(state[0], state[1]);
let first_block = vec2u((state[2] >> 1u) | (state[3] << 31u), state[3] >> 1u);
let low = first_block.x + i;
let high = first_block.y + select(0u, 1u, low < i);
let pair = ${distribution}_pair(threefry2x32(key, vec2u(low, high)));
let even = 2u * i - (state[2] & 1u); // before the first element, and so beyond the last, where the counter is odd and i = 0
let odd = even + 1u;
if (even < arrayLength(&out)) { out[even] = pair.x; }
if (odd < arrayLength(&out)) { out[odd] = pair.y; }`,
    cost: {
      flops: count * { uniform: 1, normal: 24, integer: 0 }[distribution],
      bytes: 4 * (count + RANDOM_STATE_WORDS),
    },
  });
}

/** Its one way: input the state; output the numbers. */
export const randomCandidate = (spec: RandomSpec): Candidate =>
  candidate(
    'threefry',
    "A number is a function of the key and its own counter, so every invocation draws its own and none waits for another's: two of them, as a block of the cipher has two words and the Box-Muller transform makes two normals of them.",
    () => ({ stages: [{ kernel: random(spec), slots: [slot.input(0), slot.output(0)] }] }),
  );

/** Binding: state u32 [4] (read_write). Adds `count`, at most 2³² - 1, to the counter: what `random` drew is spent. */
export function advance({ count }: Pick<RandomSpec, 'count'>): Kernel {
  return defineKernel({
    name: 'random/advance',
    about: ['state [key, key, counter low, counter high]: counter += COUNT, in 64 bits.'],
    constants: { COUNT: count },
    bindings: [{ name: 'state', type: 'u32', access: 'read_write' }],
    workgroupSize: [1, 1, 1],
    workgroups: [1, 1, 1],
    main: `
let low = state[2] + COUNT;
state[2] = low;
state[3] += select(0u, 1u, low < COUNT);`,
    cost: { flops: 0, bytes: 4 * RANDOM_STATE_WORDS },
  });
}

/** Its one way: the state is an input, and changes in place. */
export const advanceCandidate = (spec: Pick<RandomSpec, 'count'>): Candidate =>
  candidate('advance', 'One invocation: the counter stays on the device, and no draw waits for the host.', () => ({
    stages: [{ kernel: advance(spec), slots: [slot.input(0)] }],
  }));
