/** Every model against PyTorch's modules of packages/gan/pytorch (`gan_models.safetensors`): outputs, gradients, and eval mode. */
import { grad, type nn } from '@ganvas/autograd';
import { createModel, type ModelConfig, type ModelData } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { assign, concat, mul, sum, type Tensor, tensor } from '@ganvas/tensor';
import { readFixture } from '../../fixtures/read-fixture.ts';
import { useDevice } from '../device.ts';
import { expectClose } from '../rig.ts';

interface Case {
  name: string;
  net: 'generator' | 'discriminator';
  config: ModelConfig;
  data: ModelData;
}

useDevice();
const { tensors, about } = readFixture('gan_models');
const load = (key: string): Tensor => {
  const { data, shape } = tensors[key]!;
  return tensor(data instanceof Int32Array ? Uint32Array.from(data) : data, shape);
};
const FORWARD = { abs: 1e-6, rel: 1e-3 };
const GRADIENT = { abs: 1e-4, rel: 1e-3 };

async function expectLike(key: string, actual: Tensor, tolerance: typeof FORWARD): Promise<void> {
  expect([key, ...actual.shape]).toEqual([key, ...tensors[key]!.shape]);
  expectClose(await actual.data(), tensors[key]!.data, tolerance, key);
}

/** A net's answer; of an auxiliary classifier, one head beside the other. */
function answer({ net, config, data }: Case, nets: ReturnType<typeof createModel>) {
  const { generator: G, discriminator: D } = nets;
  return (x: Tensor, labels: Tensor | null, mode: nn.Mode): Tensor => {
    if (net === 'generator') return G.forward(x, labels, mode);
    const { logits, features, classLogits } = D.forward(x, labels, mode);
    expect(logits.shape).toEqual([x.shape[0]! / config.pack, 1]);
    expect(features!.shape[0]).toBe(logits.shape[0]);
    if (!classLogits) return logits;
    expect(classLogits.shape).toEqual([x.shape[0]!, data.classes]);
    return concat([logits, classLogits], 1);
  };
}

it.each((about.cases as Case[]).map((c) => [c.name, c] as const))('%s', async (name, c) => {
  const nets = createModel(c.config, c.data, { rng: new Rng(1) });
  const { parameters, buffers } = nets[c.net];
  const stored = (group: string) =>
    Object.keys(tensors)
      .filter((key) => key.startsWith(`${name}.${group}.`))
      .map((key) => key.slice(name.length + group.length + 2));
  expect(Object.keys(parameters).toSorted()).toEqual(stored('parameters').toSorted());
  for (const [key, p] of Object.entries(parameters)) assign(p, load(`${name}.parameters.${key}`));
  for (const key of stored('buffers')) assign(buffers[key]!, load(`${name}.buffers.${key}`));

  const x = load(`${name}.x`);
  const labels = `${name}.labels` in tensors ? load(`${name}.labels`) : null;
  const forward = answer(c, nets);
  const y = forward(x, labels, 'train');
  await expectLike(`${name}.y`, y, FORWARD);
  const gradients = grad(sum(mul(y, load(`${name}.dy`))), [x, ...Object.values(parameters)]);
  for (const [i, key] of ['x', ...Object.keys(parameters)].entries())
    await expectLike(`${name}.gradients.${key}`, gradients[i]!, GRADIENT);
  await expectLike(`${name}.evaluated`, forward(x, labels, 'eval'), FORWARD);
});
