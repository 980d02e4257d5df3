/** The suite's launch-bound step learns: its generator finds the modes of the ring, and keeps them. */
import { modeCoverage } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { openDevice, tensor } from '@ganvas/tensor';
import { MIXTURES, openMlpGan } from '../../bench/mlp-gan.ts';

const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
const STEPS = 2500;
const SAMPLES = 2000;

it('a GAN of fully connected nets hits at least 7 of the 8 modes', async () => {
  const device = await openDevice({ adapter: ADAPTER, tuning: 'off' });
  const { step, generator } = openMlpGan(device, { op: 'mlp-gan', data: 'ring', batch: 64, hidden: 32 });
  await step.prepare();
  for (let i = 1; i <= STEPS; i++) {
    step();
    if (i % 100 === 0) await device.idle();
  }
  const z = tensor(new Rng(99).normals(2 * SAMPLES), [SAMPLES, 2]);
  const coverage = modeCoverage(MIXTURES.ring, (await generator.forward(z).data()) as Float32Array);
  process.stdout.write(`after ${STEPS} steps: ${JSON.stringify(coverage)}\n`);
  device.close();
  // One point in fifty at least, where an even share is one in eight.
  expect(coverage.counts.filter((n) => n >= SAMPLES / 50).length).toBeGreaterThanOrEqual(7);
  expect(coverage.quality).toBeGreaterThan(0.5);
});
