/** Convolution's relatives, einsum and cross entropy against PyTorch's (`spatial.safetensors`): outputs and gradients. */
import { grad, nn } from '@ganvas/autograd';
import * as ops from '@ganvas/tensor';
import { mul, sum, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectLikeTorch, openFixture } from './compare.ts';

interface Case {
  name: string;
  op: string;
  /** What follows the tensors in a call. */
  attrs: { args: unknown[] };
  inputs: string[];
  gradients: string[];
}

useDevice();
const fixture = openFixture('spatial');
const cases = fixture.about.cases as Case[];
const load = (key: string): Tensor => {
  const { data, shape } = fixture.tensors[key]!;
  return tensor(data, shape);
};

const FUNCTIONS = { ...ops, ...nn } as unknown as Record<string, (...args: unknown[]) => Tensor>;
const call = ({ op, attrs: { args } }: Case, inputs: Tensor[]): Tensor =>
  op === 'einsum' ? ops.einsum(args[0] as string, inputs[0]!, inputs[1]!) : FUNCTIONS[op]!(...inputs, ...args);

it('has cases of every function', () => {
  const functions = [...new Set(cases.map((c) => c.op))].sort().join(' ');
  expect(functions).toBe(
    'adaptiveAvgPool1d adaptiveAvgPool2d avgPool1d avgPool2d blur conv1d convTranspose1d dot einsum maxPool1d maxPool2d outer ' +
      'pixelShuffle pixelUnshuffle resizeBilinear resizeNearest softmaxCrossEntropy upfirdn2d upsampleBilinear upsampleNearest',
  );
});

it.each(cases)('$name', async (one) => {
  const { name, inputs: keys, gradients: wanted } = one;
  const inputs = keys.map((key) => load(`${name}.${key}`));
  const y = call(one, inputs);
  await expectLikeTorch(fixture, `${name}.y`, y, 'forward');
  const wrt = wanted.map((key) => inputs[keys.indexOf(key.slice(1))]!);
  const gradients = grad(sum(mul(y, load(`${name}.dy`))), wrt);
  for (const [i, key] of wanted.entries()) await expectLikeTorch(fixture, `${name}.${key}`, gradients[i]!, 'gradient');
});
