/** The peers' GANs are ganvas's: the same weights, data, noise and work, so that its losses can be held against theirs. */
import { pointSource } from '@ganvas/gan';
import { sizeOf } from '@ganvas/kernels-wgsl';
import { type Plan, type Program, randomNormal, type Tensor } from '@ganvas/tensor';
import { openAcganScript } from '../../bench/acgan-script.ts';
import type { AcganScriptCase, DcganCase, ImageGanCase, MlpGanCase } from '../../bench/cases.ts';
import { openImageGan } from '../../bench/image-gan.ts';
import { MIXTURES, MLP_GAN, openMlpGan } from '../../bench/mlp-gan.ts';
import { ganFlops, ganRecipe } from '../../bench/peers/gan.ts';
import { useDevice } from './device.ts';

const device = useDevice();
const dcgan: DcganCase = { op: 'dcgan', size: 28, width: 8, batch: 4 };
const mlpGan: MlpGanCase = { op: 'mlp-gan', data: 'ring', batch: 8, hidden: 6 };

const trainer = () => openImageGan(device(), dcgan).trainer;

/** Values of a draw on the device and of the same on the host, whose logarithms and cosines are rounded differently. */
async function expectDrawn(drawn: Tensor, expected: Float32Array): Promise<void> {
  const values = await drawn.data();
  expect(values).toHaveLength(expected.length);
  expect(Math.max(...Array.from(values, (v, i) => Math.abs(v - expected[i]!)))).toBeLessThan(1e-4);
}

/** Multiply-adds, times two, of the products in a plan. The second pass of a product in parts only adds. */
const productFlops = ({ dispatches }: Plan): number =>
  dispatches
    .filter(({ kernel }) => /^(matmul|conv2d)(?!.*add-)/.test(kernel.name))
    .reduce((total, { kernel }) => total + kernel.cost.flops, 0);

/** Of a product of two matrices: √(mk · kn · mn) multiply-adds, whichever of them is transposed. */
const matmulFlops = ({ inputs, outputs }: Program['nodes'][number], values: Program['values']): number =>
  2 * Math.sqrt([...inputs, ...outputs].reduce((product, id) => product * sizeOf(values[id]!.shape), 1));

describe('the DCGAN', () => {
  it('starts from the weights and the noise of the case in ganvas', async () => {
    const { state } = trainer();
    const { weights, noise } = ganRecipe(dcgan);
    for (const network of ['generator', 'discriminator'] as const) {
      const trained = Object.keys(state).filter((name) => name.startsWith(`${network}.`) && !name.includes('running'));
      expect(Object.keys(weights[network]).map((name) => `${network}.${name}`)).toEqual(trained);
      for (const [name, { shape, values }] of Object.entries(weights[network])) {
        const ours = state[`${network}.${name}`]!;
        expect(shape).toEqual(ours.shape);
        expect(values).toEqual(await ours.data());
      }
    }
    for (const expected of noise) await expectDrawn(randomNormal(state.random!, [expected.length]), expected);
  });

  it('needs the multiply-adds of the step that ganvas compiles', async () => {
    const { trainStep, prepare } = trainer();
    await prepare();
    expect(productFlops(trainStep.plan!) / ganFlops(dcgan)).toBeCloseTo(1, 1);
  });
});

describe("tfjs-examples' ACGAN", () => {
  const script: AcganScriptCase = { op: 'acgan-script', width: 2, batch: 4, dropout: 0 };

  it('needs the multiply-adds of the step that ganvas compiles, by the script and by its own recipe', async () => {
    const { step, indices, close } = openAcganScript(device(), script);
    await step.prepare(indices);
    expect(productFlops(step.plan!) / ganFlops(script)).toBeCloseTo(1, 1);
    close();
    const own: ImageGanCase = { op: 'acgan', size: 28, width: 2, batch: 4 };
    const { trainer, close: closeOwn } = openImageGan(device(), own);
    await trainer.prepare();
    expect(productFlops(trainer.trainStep.plan!) / ganFlops(own)).toBeCloseTo(1, 1);
    closeOwn();
  });

  it('answers by the given weights, and learns from what the script asks for', async () => {
    const { probe, step, indices, close } = openAcganScript(device(), script);
    const [images, real, classes] = await probe();
    expect([images!.length, real!.length, classes!.length]).toEqual([4 * 784, 4, 40]);
    // As TensorFlow.js computes them: bench/peers/check.ts.
    const losses = [Array.from(await step(indices).data()), Array.from(await step(indices).data())];
    const expected = [
      [3.224024, 3.371192],
      [3.065292, 3.640892],
    ];
    for (const [i, [lossD, lossG]] of losses.entries()) {
      expect(lossD).toBeCloseTo(expected[i]![0]!, 4);
      expect(lossG).toBeCloseTo(expected[i]![1]!, 4);
    }
    close();
  });
});

describe('the cGAN', () => {
  it('trains on ten classes as the suite times it', async () => {
    const { trainer, indices, report, close } = openImageGan(device(), { op: 'cgan', size: 28, width: 2, batch: 4 });
    const [lossD, lossG, dReal, dFake] = report(await trainer.trainStep(indices).data());
    for (const loss of [lossD, lossG]) expect(loss).toBeGreaterThan(0);
    for (const answer of [dReal, dFake]) expect(Math.abs(answer! - 0.5)).toBeLessThan(0.4);
    close();
  });
});

describe('the GAN on points', () => {
  it('starts from the weights, the noise and the points of the case in ganvas', async () => {
    const { random, close, ...ours } = openMlpGan(device(), mlpGan);
    const { weights, noise, real } = ganRecipe(mlpGan);
    for (const network of ['generator', 'discriminator'] as const) {
      const { parameters } = ours[network];
      expect(Object.keys(weights[network])).toEqual(Object.keys(parameters));
      for (const [name, { shape, values }] of Object.entries(weights[network])) {
        expect(shape).toEqual(parameters[name]!.shape);
        expect(values).toEqual(await parameters[name]!.data());
      }
    }
    const points = pointSource(MIXTURES[mlpGan.data], device());
    for (const [step, expected] of noise.entries()) {
      await expectDrawn(randomNormal(random, [mlpGan.batch, MLP_GAN.latent]), expected);
      await expectDrawn(points.draw(random, mlpGan.batch), real[step]!);
    }
    close();
  });

  it('needs the products of the step that ganvas records', async () => {
    const { step, close } = openMlpGan(device(), mlpGan);
    await step.prepare();
    const { values, nodes } = step.program!;
    const total = (flops: readonly number[]) => flops.reduce((a, b) => a + b, 0);
    const products = nodes.filter(({ op }) => op.name === 'matmul').map((node) => matmulFlops(node, values));
    // The gradient of a logit's layer is the product of a column and a row: one term a sum.
    const outer = nodes
      .filter(({ op }) => op.name === 'mul')
      .map(({ inputs }) => inputs.map((id) => values[id]!.shape))
      .filter(([a, b]) => a!.length === 2 && b!.length === 2 && a![1] === 1 && b![0] === 1)
      .map(([a, b]) => 2 * a![0]! * b![1]!);
    expect(outer.length).toBeGreaterThan(0);
    expect(total(products) + total(outer)).toBe(ganFlops(mlpGan));
    close();
  });
});
