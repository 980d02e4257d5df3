/** The peers' DCGAN is ganvas's: the same weights, noise and work, so that its losses can be held against theirs. */
import { createTrainer } from '@ganvas/gan';
import { scattered } from '@ganvas/kernels-wgsl';
import { randomNormal } from '@ganvas/tensor';
import type { DcganCase } from '../../bench/cases.ts';
import { DATA, dcganFlops, dcganStart } from '../../bench/peers/dcgan.ts';
import { ADAM } from '../../bench/peers/inputs.ts';
import { useDevice } from './device.ts';

const device = useDevice();
const problem: DcganCase = { op: 'dcgan', size: 28, width: 8, batch: 4 };

function trainer() {
  const images = Uint8Array.from(scattered(DATA.images * DATA.side ** 2), (value) => 255 * (value + 0.5));
  const { size, width, batch } = problem;
  const config = { steps: 1, batch, width, size, lr: ADAM.lr, seed: 1 };
  return createTrainer(device(), config, { images, count: DATA.images, height: DATA.side, width: DATA.side });
}

it('starts from the weights and the noise of the case in ganvas', async () => {
  const { state } = trainer();
  const start = dcganStart(problem);
  for (const network of ['generator', 'discriminator'] as const) {
    const trained = Object.keys(state).filter((name) => name.startsWith(`${network}.`) && !name.includes('running'));
    expect(Object.keys(start[network]).map((name) => `${network}.${name}`)).toEqual(trained);
    for (const [name, { shape, values }] of Object.entries(start[network])) {
      const ours = state[`${network}.${name}`]!;
      expect(shape).toEqual(ours.shape);
      expect(values).toEqual(await ours.data());
    }
  }
  for (const expected of start.noise) {
    const z = await randomNormal(state.random!, [expected.length]).data();
    const worst = Math.max(...Array.from(z, (value, i) => Math.abs(value - expected[i]!)));
    expect(worst).toBeLessThan(1e-4);
  }
});

it('needs the multiply-adds of the step that ganvas compiles', async () => {
  const { trainStep, prepare } = trainer();
  await prepare();
  // The second pass of a product in parts only adds.
  const products = trainStep.plan!.dispatches.filter(({ kernel }) => /^(matmul|conv2d)(?!.*add-)/.test(kernel.name));
  const flops = products.reduce((sum, { kernel }) => sum + kernel.cost.flops, 0);
  expect(flops / dcganFlops(problem)).toBeCloseTo(1, 1);
});
