/** What does not go together in a configuration of the models is refused, by name and with what would do. */
import { ConfigError, createModel, MODEL_SETTINGS, type ModelConfig, type ModelData } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';

const config: ModelConfig = {
  ...{ model: 'dcgan', batch: 64, width: 16, latent: 100, hidden: [32, 32], embedding: 50, dropout: 0 },
  ...{ norm: 'batch', spectralNorm: false, minibatch: 'none', pack: 1 },
};
const digits: ModelData = { example: [28, 28, 1], classes: 10 };
const unlabelled: ModelData = { example: [28, 28, 1], classes: 0 };
const points: ModelData = { example: [2], classes: 0 };

it.each<[string, Partial<ModelConfig>, ModelData, RegExp]>([
  [
    'a conditional model without labels',
    { model: 'cgan' },
    unlabelled,
    /^cgan: expected data with classes.*use model dcgan/,
  ],
  ['images of points', { model: 'dcgan' }, points, /^dcgan: expected images, .*points of 2.*use model mlp/],
  ['oblong images', {}, { ...digits, example: [28, 32, 1] }, /^dcgan: expected square images, .*28×32/],
  [
    'a size that DCGAN does not halve',
    {},
    { ...digits, example: [48, 48, 1] },
    /size must be 28 or a power of two.*got 48/,
  ],
  [
    'a size that ACGAN does not reach',
    { model: 'acgan' },
    { ...digits, example: [16, 16, 1] },
    /^acgan: size must be.*got 16/,
  ],
  ['packs of a conditional model', { model: 'projection', pack: 2 }, digits, /^pack: projection .*got pack 2; use 1/],
  ['packs that do not divide the batch', { pack: 3 }, digits, /^pack: expected a divisor of the batch of 64, got 3/],
  ['a batch of one pack to compare', { batch: 2, pack: 2, minibatch: 'stddev' }, digits, /^minibatch stddev: .*got 1/],
])('refuses %s', (_, settings, data, message) => {
  const attempt = () => createModel({ ...config, ...settings }, data, { rng: new Rng(1) });
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(message);
  expect(attempt).not.toThrow(/\n/);
});

it('knows of each model which settings it heeds', () => {
  const all = Object.keys(config).filter((key) => key !== 'model' && key !== 'batch');
  const heeded = new Set<string>(Object.values(MODEL_SETTINGS).flat());
  expect([...heeded].toSorted()).toEqual(all.toSorted());
});
