/** Batches that go through the discriminator as one get the verdicts, the gradients and the running statistics that each would by itself. */
import { grad } from '@ganvas/autograd';
import { completeConfig, createModel, type Examples, type RunConfig } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { add, capture, mul, sum, type Tensor, tensor } from '@ganvas/tensor';
import { judgeTogether } from '../../../packages/gan/src/training/together.ts';
import { useDevice } from '../device.ts';
import { expectClose } from '../rig.ts';

useDevice();

const BATCH = 4;
const CLASSES = 3;

const ways: [name: string, settings: Partial<RunConfig>][] = [
  ['dcgan', { model: 'dcgan' }],
  ['dcgan, minibatch discrimination', { model: 'dcgan', minibatch: 'discrimination' }],
  ['dcgan, minibatch standard deviation', { model: 'dcgan', minibatch: 'stddev' }],
  ['dcgan in packs', { model: 'dcgan', pack: 2 }],
  ['dcgan with instance norm', { model: 'dcgan', norm: 'instance' }],
  ['cgan', { model: 'cgan' }],
  ['acgan', { model: 'acgan', dropout: 0 }],
  ['projection', { model: 'projection' }],
  ['mlp', { model: 'mlp', dropout: 0, hidden: [8], minibatch: 'discrimination' }],
];

/** Verdicts, gradients and buffers of a step, by name. */
async function judged(settings: Partial<RunConfig>, together: boolean): Promise<Record<string, Float32Array>> {
  const config = completeConfig({ ...settings, batch: BATCH, size: 28, width: 4, spectralNorm: false }, 'quick');
  const { discriminator: D } = createModel(config, { example: [28, 28, 1], classes: CLASSES }, { rng: new Rng(1) });
  const rng = new Rng(2);
  const batches = [0, 1, 2].map((i): Examples => {
    const x = tensor(rng.normals(BATCH * 28 * 28, i, 1 + i), [BATCH, 28, 28, 1]);
    return {
      x,
      labels: tensor(
        Uint32Array.from({ length: BATCH }, (_, at) => (at + i) % CLASSES),
        [BATCH],
      ),
    };
  });
  const step = capture((): Record<string, Tensor> => {
    const verdicts = together
      ? judgeTogether(D, batches)
      : batches.map(({ x, labels }) => D.forward(x, labels, 'train'));
    const told = verdicts.flatMap((verdict, i) =>
      Object.entries(verdict).flatMap(([what, t]) => (t ? [[`${what} of batch ${i}`, t as Tensor] as const] : [])),
    );
    // Each batch counts in its own way.
    const loss = verdicts
      .flatMap(({ logits, classLogits }, i) =>
        [logits, ...(classLogits ? [classLogits] : [])].map((t) => sum(mul(mul(t, t), i + 1))),
      )
      .reduce((a, b) => add(a, b));
    const names = Object.keys(D.parameters);
    const gradients = grad(loss, Object.values(D.parameters));
    return {
      ...Object.fromEntries(told),
      ...Object.fromEntries(gradients.map((g, i) => [`gradient of ${names[i]}`, g])),
    };
  });
  const results = { ...step(), ...D.buffers };
  const read = Object.entries(results).map(async ([name, t]) => [name, (await t.data()) as Float32Array] as const);
  return Object.fromEntries(await Promise.all(read));
}

it.each(ways)('%s', async (_, settings) => {
  const [apart, together] = [await judged(settings, false), await judged(settings, true)];
  expect(Object.keys(together)).toEqual(Object.keys(apart));
  expect(Object.keys(apart).filter((name) => name.startsWith('logits'))).toHaveLength(3);
  for (const [name, values] of Object.entries(apart)) {
    const scale = Math.sqrt(values.reduce((total, v) => total + v * v, 0) / values.length);
    expectClose(together[name]!, values, { rel: 1e-4, abs: 1e-5 * scale + 1e-7 }, name);
  }
});
