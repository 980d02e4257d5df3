/** What `createModel` builds: nets of the papers' sizes, for images of any size, to which labels matter. */
import { createModel, type Discriminator, type Generator, type ModelConfig, type Nets } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

const SMALL: ModelConfig = {
  ...{ model: 'dcgan', batch: 4, width: 1, latent: 6, hidden: [6, 8], embedding: 3, dropout: 0 },
  ...{ norm: 'batch', spectralNorm: false, minibatch: 'none', pack: 1 },
};
const BATCH = SMALL.batch;

const build = (config: Partial<ModelConfig>, example: readonly number[], classes = 0, rng = new Rng(1)): Nets =>
  createModel({ ...SMALL, ...config }, { example, classes }, { rng });
const labels = () => tensor(Uint32Array.of(0, 1, 2, 0));
const noise = () => tensor(new Rng(2).normals(BATCH * SMALL.latent), [BATCH, SMALL.latent]);

describe('the sizes of the papers and scripts, counted by hand', () => {
  /** Draws nothing: millions of numbers take seconds. */
  class Zeros extends Rng {
    override uniform = () => 0;
    override normal = () => 0;
    override normals = (count: number) => new Float32Array(count);
    override fork = () => this;
  }
  const count = ({ parameters }: Generator | Discriminator) =>
    Object.values(parameters).reduce((sum, { size }) => sum + size, 0);
  const standard = { width: 64, latent: 100, embedding: 50, hidden: [256, 512, 1024] };

  it.each<[ModelConfig['model'], Partial<ModelConfig>, number, number]>([
    ['mlp', standard, 1_486_352, 1_460_225],
    ['cgan', standard, 1_073_781, 180_197],
    ['projection', standard, 763_137, 201_409],
    ['acgan', { ...standard, width: 32 }, 2_657_321, 525_835], // tfjs-examples' at its own size
  ])('%s', (model, settings, ofG, ofD) => {
    const { generator, discriminator } = build({ model, ...settings }, [28, 28, 1], 10, new Zeros(0));
    expect([count(generator), count(discriminator)]).toEqual([ofG, ofD]);
  });
});

describe.each(['cgan', 'acgan', 'projection'] as const)('%s', (model) => {
  it('makes another image of another label, and of the same one the same', async () => {
    const { generator: G, discriminator: D } = build({ model }, model === 'acgan' ? [28, 28, 1] : [16, 16, 1], 3);
    const image = async (label: number) => {
      const z = tensor(new Float32Array(noise().size).fill(0.7), [BATCH, SMALL.latent]);
      return [...(await G.forward(z, tensor(new Uint32Array(BATCH).fill(label)), 'eval').data())];
    };
    expect(await image(1)).toEqual(await image(1));
    expect(await image(1)).not.toEqual(await image(2));
    expect(() => G.forward(noise(), null)).toThrow(/expected labels, u32 \[batch\], got null/);
    const x = G.forward(noise(), labels());
    expect(x.shape).toEqual([BATCH, ...G.example]);
    if (model === 'acgan') expect(D.forward(x, null).classLogits!.shape).toEqual([BATCH, 3]);
    else expect(() => D.forward(x, null)).toThrow(/expected labels/);
  });
});

it('is the same of the same seed, and another of another', async () => {
  const weights = async (seed: number) => {
    const nets = createModel(SMALL, { example: [16, 16, 1], classes: 0 }, { rng: new Rng(seed) });
    return [...(await nets.generator.parameters['fc.weight']!.data())];
  };
  expect(await weights(5)).toEqual(await weights(5));
  expect(await weights(5)).not.toEqual(await weights(6));
});

it.each([
  [{ model: 'dcgan' }, [32, 32, 3]],
  [{ model: 'dcgan' }, [256, 256, 1]],
  [{ model: 'acgan' }, [32, 32, 3]],
  [{ model: 'mlp' }, [5, 7, 1]],
] as const)('%j makes and judges %j', (config, example) => {
  const { generator: G, discriminator: D } = build(config, example, 3);
  const x = G.forward(noise(), labels(), 'eval');
  expect(x.shape).toEqual([BATCH, ...example]);
  expect(D.forward(x, labels(), 'eval').logits.shape).toEqual([BATCH, 1]);
});
