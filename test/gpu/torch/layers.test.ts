/** Outputs and gradients of every layer, first and second order, against PyTorch's (`layers.safetensors`). */
import { grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  batchNorm,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  conv2d,
  convTranspose2d,
  leakyRelu,
  matmul,
  mean,
  mul,
  normalize,
  relu,
  reshape,
  sigmoid,
  softplus,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectLikeTorch, openFixture } from './compare.ts';

interface Case {
  name: string;
  op: string;
  attrs: Record<string, never>;
  inputs: string[];
  gradients: string[];
}

const fixture = openFixture('layers');
const cases = fixture.about.cases as Case[];
const cube = (x: Tensor) => mul(square(x), x);

/** Each op of the fixtures in our own words. */
const OPS: Record<string, (inputs: Tensor[], attrs: Record<string, unknown>) => Tensor> = {
  linear: ([x, w, b]) => add(matmul(x!, w!), b!),
  matmul: ([a, b], attrs) => matmul(a!, b!, attrs),
  conv2d: ([x, w, b], attrs) => add(conv2d(x!, w!, attrs as Conv2dOptions), b!),
  convTranspose2d: ([x, w, b], attrs) => add(convTranspose2d(x!, w!, attrs as ConvTranspose2dOptions), b!),
  batchNorm2d: ([x, gamma, beta], { eps }) => batchNorm(x!, gamma!, beta!, { eps: eps as number }).y,
  batchNorm2dEval: ([x, gamma, beta, m, v], { eps }) => normalize(x!, m!, v!, gamma!, beta!, eps as number),
  leakyRelu: ([x], { slope }) => leakyRelu(x!, slope as number),
  relu: ([x]) => relu(x!),
  tanh: ([x]) => tanh(x!),
  sigmoid: ([x]) => sigmoid(x!),
  softplus: ([x]) => softplus(x!),
  bceWithLogits: ([x, target]) => nn.bceWithLogits(x!, target!),
  sum: ([x], { axes, keepDims }) => sum(x!, axes as number[], { keepDims: keepDims as boolean }),
  mean: ([x], { axes, keepDims }) => mean(x!, axes as number[], { keepDims: keepDims as boolean }),
};

/** Losses whose gradient penalty Σ(∂loss/∂x)² is differentiated once more. */
const score = ([x, w, b, v, e]: Tensor[]) => {
  const h = leakyRelu(add(conv2d(x!, w!, { stride: 2, padding: 1 }), b!), 0.2);
  return add(matmul(reshape(h, [h.shape[0]!, -1]), v!), e!);
};
const PENALIZED: Record<string, (inputs: Tensor[]) => Tensor> = {
  penalty_sum_of_scores: (inputs) => sum(score(inputs)),
  penalty_sum_of_softplus_of_scores: (inputs) => sum(softplus(score(inputs))),
  penalty_conv_transpose: ([x, w]) => sum(cube(tanh(convTranspose2d(x!, w!, { stride: 2, padding: 1 })))),
  penalty_batch_norm: ([x, gamma, beta]) => sum(cube(tanh(batchNorm(x!, gamma!, beta!).y))),
};

describe('PyTorch', () => {
  useDevice();
  const load = (key: string): Tensor => tensor(fixture.tensors[key]!.data, fixture.tensors[key]!.shape);

  it('has a case for each of our ops', () => {
    expect(cases.length).toBeGreaterThan(30);
    expect(cases.map((c) => c.op).filter((op) => !(op in OPS || op in PENALIZED))).toEqual([]);
  });

  for (const { name, op, attrs, inputs: keys, gradients: wanted } of cases.filter((c) => c.op in OPS)) {
    it(name, async () => {
      const inputs = keys.map((key) => load(`${name}.${key}`));
      const y = OPS[op]!(inputs, attrs);
      await expectLikeTorch(fixture, `${name}.y`, y, 'forward');
      const wrt = wanted.map((key) => inputs[keys.indexOf(key.slice(1))]!);
      const gradients = grad(sum(mul(y, load(`${name}.dy`))), wrt);
      for (const [i, key] of wanted.entries())
        await expectLikeTorch(fixture, `${name}.${key}`, gradients[i]!, 'gradient');
    });
  }

  for (const { name, op, inputs: keys, gradients: wanted } of cases.filter((c) => c.op in PENALIZED)) {
    it(`${name}, second order`, async () => {
      const inputs = keys.map((key) => load(`${name}.${key}`));
      const loss = PENALIZED[op]!(inputs);
      await expectLikeTorch(fixture, `${name}.loss`, reshape(loss, []), 'forward');
      const [g] = grad(loss, [inputs[0]!]);
      await expectLikeTorch(fixture, `${name}.g`, g!, 'gradient');
      const penalty = sum(square(g!));
      await expectLikeTorch(fixture, `${name}.penalty`, penalty, 'gradient');
      const wrt = wanted.map((key) => inputs[keys.indexOf(key.slice(1))]!);
      const gradients = grad(penalty, wrt, { unused: 'zero' });
      for (const [i, key] of wanted.entries())
        await expectLikeTorch(fixture, `${name}.${key}`, gradients[i]!, 'gradient');
    });
  }

  it('running statistics of batch norm after three batches', async () => {
    const name = 'batchNorm2d_eval';
    const layer = nn.batchNorm2d(5, { rng: new Rng(0) });
    assign(layer.parameters.weight!, load(`${name}.gamma`));
    assign(layer.parameters.bias!, load(`${name}.beta`));
    for (const key of ['x1', 'x2', 'x3']) layer.forward(load(`${name}.${key}`), 'train');
    await expectLikeTorch(fixture, `${name}.runningMean`, layer.buffers.running_mean!, 'forward');
    await expectLikeTorch(fixture, `${name}.runningVar`, layer.buffers.running_var!, 'forward');
    await expectLikeTorch(fixture, `${name}.y`, layer.forward(load(`${name}.x`), 'eval'), 'forward');
  });
});
