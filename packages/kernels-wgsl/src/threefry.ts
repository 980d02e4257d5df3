/**
 * Threefry-2x32 with 20 rounds: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A block cipher turned
 * random number generator: the n-th number is a function of (key, n), so every invocation computes its own, in any order.
 */

export type Words = [number, number];

/** Rotations of the four rounds of an even and of an odd group. */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const PARITY = 0x1bd11bda;

/** The block that `key` makes of `counter`: two words of 32 bits each, as unsigned numbers. */
export function threefry2x32(key: Words, counter: Words): Words {
  const keys = [key[0], key[1], key[0] ^ key[1] ^ PARITY];
  let x0 = (counter[0] + keys[0]!) | 0;
  let x1 = (counter[1] + keys[1]!) | 0;
  for (let group = 1; group <= 5; group++) {
    for (const r of ROTATIONS[(group - 1) % 2]!) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    }
    x0 = (x0 + keys[group % 3]!) | 0;
    x1 = (x1 + keys[(group + 1) % 3]! + group) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}

/** The same in WGSL: `threefry2x32(key, counter) -> vec2u`. */
export const THREEFRY_WGSL = `
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
`.trim();

/** A word's upper 24 bits as a number in [0, 1), exact in f32. */
export const unitUniform = (word: number): number => (word >>> 8) / 2 ** 24;

/** The two standard normals of one block (Box-Muller; the logarithm's argument is in (0, 1], so |either| < 5.8). */
export function unitNormals([a, b]: Words): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(((a >>> 8) + 1) / 2 ** 24));
  const angle = 2 * Math.PI * unitUniform(b);
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/**
 * A stream of random numbers on the host; one block for two numbers, as on the device: the same state gives the same uniforms
 * there, bit for bit. A seed that is a number is cut to 53 bits of whole number.
 */
export class Rng {
  readonly key: Words;
  /** Numbers drawn so far: the next one belongs to block ⌊drawn / 2⌋, whose first or second it is. */
  #drawn = 0;
  /** The block of the last number drawn. */
  #block: Words = [0, 0];

  constructor(seed: number | Words) {
    if (typeof seed === 'number' && !Number.isSafeInteger(seed))
      throw new Error(`Rng: expected a whole number or two 32-bit words as seed, got ${seed}`);
    this.key =
      typeof seed === 'number' ? [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] : [seed[0] >>> 0, seed[1] >>> 0];
  }

  /** Uniform in [0, 1), a multiple of 2⁻²⁴. */
  uniform(): number {
    const which = this.#next();
    return unitUniform(this.#block[which]);
  }

  /** Standard normal, in double precision. */
  normal(): number {
    const which = this.#next();
    return unitNormals(this.#block)[which];
  }

  normals(count: number, mean = 0, std = 1): Float32Array {
    return Float32Array.from({ length: count }, () => mean + std * this.normal());
  }

  /** A whole number in [0, limit), for limit ≤ 2³²: the upper half of a word's product with it. A number's share is off by limit / 2³² at most. */
  integer(limit: number): number {
    const which = this.#next();
    return Number((BigInt(this.#block[which]) * BigInt(limit)) >> 32n);
  }

  /** A whole number in [0, limit), for limit ≤ 2²⁴. */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** An independent stream, the same one for the same label whatever has been drawn from this one. */
  fork(label: number): Rng {
    // Counters of the stream itself never reach the upper half of the high word.
    return new Rng(threefry2x32(this.key, [label >>> 0, 0x80000000]));
  }

  /** Draws: which number of `#block` it is. */
  #next(): 0 | 1 {
    const n = this.#drawn++;
    if (n % 2 === 1) return 1;
    this.#block = threefry2x32(this.key, [(n / 2) >>> 0, Math.floor(n / 2 ** 33)]);
    return 0;
  }
}
