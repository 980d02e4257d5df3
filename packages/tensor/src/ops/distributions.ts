/**
 * Distributions made of uniform numbers and of integers by public ops. Each call advances the generator (`randomGenerator`) by what
 * it says. What comes of integers and comparisons alone has the same bits on every adapter; what comes of logarithms has not.
 */
import { type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { argMax } from './arg-max.ts';
import { add, cast, equal, less, log, maximum, minimum, mul, neg, sub, where } from './elementwise.ts';
import type { Operand } from './elementwise-op.ts';
import { erfinv } from './erfinv.ts';
import { reshape } from './movement.ts';
import { randomInteger, randomUniform } from './random.ts';
import { arange } from './range.ts';
import { sum } from './reduce.ts';

/**
 * 1 with probability p, else 0, in f32: a uniform number is less than p, which is told by integers and one comparison. A mask of
 * dropout is one. The generator advances by the number of elements.
 * @param p 0 to 1, a number or a tensor that broadcasts to `shape`
 */
export function randomBernoulli(generator: Tensor, shape: Shape, p: Operand = 0.5): Tensor {
  if (typeof p === 'number' && !(p >= 0 && p <= 1))
    throw new ShapeError(`randomBernoulli: p: expected a probability from 0 to 1, got ${p}`);
  return less(randomUniform(generator, shape), p);
}

export interface TruncatedNormalOptions {
  /** Of the normal distribution before it is cut. Default 0. */
  mean?: number;
  /** Likewise; above 0. Default 1. */
  std?: number;
  /** No number is below. Default mean − 2 std. */
  low?: number;
  /** No number is above. Default mean + 2 std. */
  high?: number;
}

/**
 * Normal numbers, of which only those from `low` to `high` occur: the inverse of the distribution function at uniform numbers,
 * mean + std · √2 · erfinv(u) with u uniform from erf(a) to erf(b), a and b being the bounds in units of √2 std around the mean (as
 * PyTorch's `trunc_normal_`). One number is drawn an element, and none rejected. The generator advances by the number of elements.
 */
export function randomTruncatedNormal(
  generator: Tensor,
  shape: Shape,
  { mean = 0, std = 1, low = mean - 2 * std, high = mean + 2 * std }: TruncatedNormalOptions = {},
): Tensor {
  if (!(std > 0 && low < high))
    throw new ShapeError(
      `randomTruncatedNormal: expected std above 0 and low below high, got ${std}, ${low} and ${high}`,
    );
  const [from, to] = [low, high].map((bound) => erfOf((bound - mean) / (std * Math.SQRT2))) as [number, number];
  const u = add(mul(randomUniform(generator, shape), to - from), from);
  // At ±1, to which a bound far out rounds, the inverse is infinite.
  const inner = maximum(minimum(u, 1 - 2 ** -24), 2 ** -24 - 1);
  return maximum(minimum(add(mul(erfinv(inner), std * Math.SQRT2), mean), high), low);
}

/** erf in double precision, by its series 2/√π · Σ (−1)ᵏ x²ᵏ⁺¹ / (k! (2k + 1)), in the form whose terms are all positive. */
function erfOf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, total] = [x, x];
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(total); k++) {
    term *= (2 * x * x) / (2 * k + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/**
 * Indices (i32) along the last axis, each as probable as softmax says: the largest of logit + Gumbel noise, −log(−log u) (Maddison
 * et al. 2014). Of equal sums the first is taken, so there is always one. The generator advances by the number of logits.
 * @param logits f32 [..., classes]
 * @param shape of the result, [...] with axes of more draws before them; default [...], one draw of each
 */
export function randomCategorical(generator: Tensor, logits: Tensor, shape: Shape = logits.shape.slice(0, -1)): Tensor {
  const u = randomUniform(generator, [...shape, logits.shape.at(-1)!]);
  // −log(1 − u), by its series near 0: there the noise is large, and decides. It is 0 for one u in 2²⁴.
  const series = mul(u, add(mul(u, add(mul(u, 1 / 3), 0.5)), 1));
  const exponential = maximum(where(less(u, 0.01), series, neg(log(sub(1, u)))), 2 ** -26);
  return argMax(sub(logits, log(exponential)), -1);
}

/** Compares all pairs: beyond so many, shuffle on the host. */
const MOST_PERMUTED = 2 ** 14;

/**
 * 0 … n − 1 (u32) in random order, each order as probable as any other and the same bits on every adapter: place i holds the rank of
 * the i-th of n random words (of two equal words, one pair in 2³², the first is the smaller). It takes n² comparisons in one
 * reduction, and no sort; a whole data set is better shuffled on the host. The generator advances by n.
 * @param n at most 16,384
 */
export function randomPermutation(generator: Tensor, n: number): Tensor {
  if (!(Number.isInteger(n) && n >= 1 && n <= MOST_PERMUTED))
    throw new ShapeError(`randomPermutation: n: expected a whole number from 1 to ${MOST_PERMUTED}, got ${n}`);
  const words = randomInteger(generator, [n], 2 ** 32);
  const places = arange(0, n, 1, { dtype: 'u32', device: generator.device });
  const [mine, own] = [reshape(words, [n, 1]), reshape(places, [n, 1])];
  return cast(sum(add(less(words, mine), mul(equal(words, mine), less(places, own))), 1), 'u32');
}
