/** The functions of the section's language: the engine's own ops by their names, and what they take. */
import {
  abs,
  add,
  cos,
  div,
  exp,
  full,
  log,
  logSoftmax,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  type Operand,
  pow,
  relu,
  sigmoid,
  sin,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  transpose,
} from '@ganvas/tensor';

export interface LanguageFunction {
  /** Tensors or numbers that it takes. */
  operands: number;
  /** Whether an axis may follow them. */
  axis?: true;
  call(operands: readonly Operand[], axis?: number): Tensor;
}

/** Ops take a tensor where they take no number: a number alone is a tensor without axes. */
const tensorOf = (x: Operand): Tensor => (typeof x === 'number' ? full([], x) : x);

const unary = (op: (x: Tensor) => Tensor): LanguageFunction => ({ operands: 1, call: ([x]) => op(tensorOf(x!)) });
const binary = (op: (x: Operand, y: Operand) => Tensor): LanguageFunction => ({
  operands: 2,
  call: ([x, y]) => (typeof x === 'number' && typeof y === 'number' ? op(tensorOf(x), y) : op(x!, y!)),
});
const over = (op: (x: Tensor, axis?: number) => Tensor): LanguageFunction => ({
  operands: 1,
  axis: true,
  call: ([x], axis) => op(tensorOf(x!), axis),
});

export const FUNCTIONS: Readonly<Record<string, LanguageFunction>> = {
  ...{ add: binary(add), sub: binary(sub), mul: binary(mul), div: binary(div), pow: binary(pow) },
  ...{ maximum: binary(maximum), minimum: binary(minimum) },
  ...{ neg: unary(neg), abs: unary(abs), exp: unary(exp), log: unary(log), sqrt: unary(sqrt), square: unary(square) },
  ...{
    sin: unary(sin),
    cos: unary(cos),
    tanh: unary(tanh),
    sigmoid: unary(sigmoid),
    softplus: unary(softplus),
    relu: unary(relu),
  },
  ...{ sum: over(sum), mean: over(mean), max: over(max), min: over(min) },
  ...{ softmax: over((x, axis = -1) => softmax(x, axis)), logSoftmax: over((x, axis = -1) => logSoftmax(x, axis)) },
  matmul: { operands: 2, call: ([a, b]) => matmul(tensorOf(a!), tensorOf(b!)) },
  transpose: unary((x) => transpose(x)),
};
