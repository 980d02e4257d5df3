/** A step of training, recorded and replayed: it reaches every parameter of every model. Evaluation changes nothing. */
import { adam, grad, nn } from '@ganvas/autograd';
import { createModel, type Discriminator, type Generator, type ModelConfig } from '@ganvas/gan';
import { Rng, sizeOf } from '@ganvas/kernels-wgsl';
import { add, capture, detach, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

const PLAIN: ModelConfig = {
  ...{ model: 'dcgan', batch: 4, width: 2, latent: 6, hidden: [6, 8], embedding: 3, dropout: 0 },
  ...{ norm: 'batch', spectralNorm: false, minibatch: 'none', pack: 1 },
};
const POINTS = { example: [2], classes: 0 };
const IMAGES = { example: [16, 16, 1], classes: 0 };
const CLASSES = 3;
const VARIANTS = {
  'mlp on points': [{ model: 'mlp' }, POINTS],
  'mlp, all options': [
    { model: 'mlp', dropout: 0.3, spectralNorm: true, minibatch: 'discrimination', pack: 2 },
    POINTS,
  ],
  'dcgan, all options': [{ dropout: 0.3, spectralNorm: true, minibatch: 'discrimination', pack: 2 }, IMAGES],
  'dcgan, layer norm': [{ norm: 'layer', minibatch: 'stddev' }, IMAGES],
  cgan: [
    { model: 'cgan', norm: 'instance', spectralNorm: true },
    { ...IMAGES, classes: CLASSES },
  ],
  projection: [
    { model: 'projection', norm: 'none', spectralNorm: true },
    { ...IMAGES, classes: CLASSES },
  ],
  acgan: [
    { model: 'acgan', dropout: 0.3, minibatch: 'discrimination' },
    { example: [20, 20, 1], classes: CLASSES },
  ],
} as const satisfies Record<string, [Partial<ModelConfig>, { example: readonly number[]; classes: number }]>;

const valuesOf = async ({
  parameters,
  buffers,
}: Generator | Discriminator): Promise<Record<string, readonly number[]>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries({ ...parameters, ...buffers }).map(async ([name, t]) => [name, [...(await t.data())]] as const),
    ),
  );

describe.each(Object.entries(VARIANTS))('%s', (_, [settings, data]) => {
  const build = () => {
    const { batch, ...config } = { ...PLAIN, ...settings };
    const { generator: G, discriminator: D } = createModel({ ...config, batch }, data, { rng: new Rng(1) });
    const draw = (seed: number, shape: readonly number[]) => tensor(new Rng(seed).normals(sizeOf(shape)), shape);
    return {
      ...{ G, D },
      z: draw(2, [batch, G.latent]),
      real: draw(3, [batch, ...G.example]),
      labels: data.classes > 0 ? tensor(Uint32Array.of(0, 1, 2, 0)) : null,
    };
  };

  it('evaluates without a change', async () => {
    const { G, D, z, labels } = build();
    const before = [await valuesOf(G), await valuesOf(D)];
    const fake = G.forward(z, labels, 'eval');
    const { logits } = D.forward(fake, labels, 'eval');
    expect(Array.from(await logits.data()).every(Number.isFinite)).toBe(true);
    expect([await valuesOf(G), await valuesOf(D)]).toEqual(before);
  });

  it('learns with every parameter', async () => {
    const { G, D, z, real, labels } = build();
    const [stepG, stepD] = [G, D].map(({ parameters }) => adam(Object.values(parameters), { lr: 0.01 }));
    const judged = (x: Tensor, target: number) => {
      const { logits, classLogits } = D.forward(x, labels);
      const loss = nn.bceWithLogits(logits, target);
      return classLogits ? add(loss, nn.softmaxCrossEntropy(classLogits, labels!)) : loss;
    };
    const round = capture((z: Tensor) => {
      const fake = G.forward(z, labels);
      const lossD = add(judged(real, 1), judged(detach(fake), 0));
      stepD!.step(grad(lossD, Object.values(D.parameters)));
      stepG!.step(grad(judged(fake, 1), Object.values(G.parameters)));
    });
    const before = [await valuesOf(G), await valuesOf(D)];
    round(z);
    const after = [await valuesOf(G), await valuesOf(D)];
    for (const [i, { parameters, buffers }] of [G, D].entries()) {
      for (const name of Object.keys({ ...parameters, ...buffers })) {
        const [was, is] = [before[i]![name]!, after[i]![name]!];
        expect(is.every(Number.isFinite)).toBe(true);
        // The spectral norm's u of a single output is always [1].
        if (name in parameters || was.length > 1) expect([name, is]).not.toEqual([name, was]);
      }
    }
  });
});
