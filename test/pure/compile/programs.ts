/** Random programs: sequences of public ops on a few inputs and states, with shared values, views, reductions, packs and assignments. */
import { Rng } from '@ganvas/kernels-wgsl';
import {
  abs,
  add,
  assign,
  broadcastTo,
  greater,
  leakyRelu,
  matmul,
  max,
  maximum,
  moments,
  mul,
  neg,
  ones,
  pack,
  reshape,
  sigmoid,
  softmax,
  softplus,
  square,
  state,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
} from '@ganvas/tensor';
import fc from 'fast-check';

/** A program as fast-check makes and shrinks it: each number picks an op and its operands. */
export type Recipe = number[];

export const recipes = (longest: number): fc.Arbitrary<Recipe> =>
  fc.array(fc.nat({ max: 2 ** 20 }), { minLength: 1, maxLength: longest });

/** All values are matrices [ROWS, COLUMNS], rows, columns or scalars of these, so that any two broadcast. */
const [ROWS, COLUMNS] = [6, 4];

export interface Leaves {
  x: Tensor;
  row: Tensor;
  square: Tensor;
  states: Tensor[];
}

/** The same values for the same seed: multiples of 1/8 in [-1, 1], exact in f32. */
export function makeLeaves(seed: number): Leaves {
  const rng = new Rng(seed);
  const values = (...shape: number[]) =>
    [Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (rng.below(17) - 8) / 8), shape] as const;
  return {
    x: tensor(...values(ROWS, COLUMNS)),
    row: tensor(...values(COLUMNS)),
    square: tensor(...values(COLUMNS, COLUMNS)),
    states: [state(...values(ROWS, COLUMNS)), state(...values(ROWS, COLUMNS)), state(...values(COLUMNS))],
  };
}

/** Runs a recipe on the leaves; returns its last values (and a pack of some), and leaves its assignments in the states. */
export function follow(recipe: Recipe, { x, row, square: weight, states }: Leaves): Tensor[] {
  const exact = [x, row]; // compared with constants: a rounding error must not decide
  const known: Tensor[] = [x, row, ...states];
  const made: Tensor[] = [];
  const make = (t: Tensor) => {
    known.push(t);
    made.push(t);
  };
  for (const code of recipe) {
    let rest = code;
    const pick = <T>(list: readonly T[]): T => {
      const at = rest % list.length;
      rest = Math.floor(rest / list.length);
      return list[at]!;
    };
    const recent = () => pick(known.slice(-7));
    const whole = () => broadcastTo(recent(), [ROWS, COLUMNS]);
    const action = pick<() => void>([
      () => make(add(recent(), recent())),
      () => make(mul(recent(), recent())),
      () => make(tanh(sub(recent(), recent()))),
      () => make(maximum(recent(), mul(recent(), 0.5))),
      () => make(leakyRelu(recent(), 0.2)),
      () => make(sigmoid(recent())),
      () => make(softplus(neg(recent()))),
      () => make(where(greater(pick(exact), 0.05), recent(), abs(recent()))),
      () => make(add(recent(), ones([COLUMNS]))),
      () => make(transpose(reshape(whole(), [COLUMNS, ROWS]))),
      () => make(reshape(transpose(whole()), [ROWS, COLUMNS])),
      () => make(mul(sum(whole(), pick([0, 1] as const), { keepDims: true }), 0.25)),
      () => make(max(square(whole()), 0)),
      () => make(tanh(add(matmul(whole(), weight), row))),
      () => make(softmax(whole(), pick([0, 1] as const))),
      () => make(moments(whole())[pick([0, 1] as const)]!),
      () => assign(states[pick([0, 1] as const)]!, mul(whole(), 0.5)),
      () => assign(states[2]!, mul(sum(whole(), 0), 0.125)),
    ]);
    action();
  }
  const outputs = made.slice(-2);
  return made.length > 2 ? [...outputs, pack(made.slice(-5, -1))] : outputs;
}
