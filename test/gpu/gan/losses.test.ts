/** Adversarial losses and feature matching against PyTorch's (`losses.safetensors`), at sure logits, and by name. */
import { grad, nn } from '@ganvas/autograd';
import {
  type AdversarialLoss,
  adversarialLoss,
  featureMatching,
  hinge,
  isCrossEntropy,
  LOSS_DEFAULTS,
  type LossName,
  leastSquares,
  minimax,
  nonSaturating,
  wasserstein,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { add, capture, pack, printProgram, type Tensor, tensor } from '@ganvas/tensor';
import { configSchema, LOSS_NAMES } from '../../../packages/gan/src/config.ts';
import { useDevice } from '../device.ts';
import { type OwnOp, testDerivatives } from '../torch/derivatives.ts';

useDevice();

const LOSSES: Record<string, AdversarialLoss> = {
  nonSaturating: nonSaturating(),
  minimax: minimax(),
  smoothed: nonSaturating({ labelSmoothing: 0.1 }),
  leastSquares: leastSquares(),
  wasserstein: wasserstein(),
  hinge: hinge(),
};

describe('values, first and second gradients as PyTorch has them', () => {
  const calls = Object.entries(LOSSES).flatMap(([name, loss]): [string, OwnOp][] => [
    [`${name}.discriminator`, ([real, fake]) => loss.discriminator(real!, fake!)],
    [`${name}.generator`, ([fake]) => loss.generator(fake!)],
  ]);
  testDerivatives('losses', {
    ...Object.fromEntries(calls),
    featureMatching: ([real, fake]) => featureMatching(real!, fake!),
  });
});

it('non-saturating is the sum of two cross entropies, to the program that was trained before', async () => {
  const step = (fn: (real: Tensor, fake: Tensor) => Tensor) =>
    capture((real: Tensor, fake: Tensor) => {
      const loss = fn(real, fake);
      return pack([loss, ...grad(loss, [real, fake])]);
    });
  const before = step((real, fake) => add(nn.bceWithLogits(real, 1), nn.bceWithLogits(fake, 0)));
  const now = step(nonSaturating().discriminator);
  const rng = new Rng(2);
  const logits = [rng.normals(64, 0, 4), rng.normals(64, 0, 4)].map((x) => tensor(x, [64, 1])) as [Tensor, Tensor];
  expect(await now(...logits).data()).toEqual(await before(...logits).data());
  expect(printProgram(now.program!)).toBe(printProgram(before.program!));
});

/** D's and G's loss, and the slopes of D's by its real and generated logit and of G's by its. */
async function at(loss: AdversarialLoss, real: number, fake: number): Promise<number[]> {
  const [x, z] = [tensor([[real]]), tensor([[fake]])];
  const [d, g] = [loss.discriminator(x, z), loss.generator(z)];
  const slopes = [...grad(d, [x, z], { unused: 'zero' }), ...grad(g, [z])];
  return Promise.all([d, g, ...slopes].map((t) => t.item()));
}

describe('where D is sure', () => {
  it.each<[string, number[], number[]]>([
    // D right: real 100, generated −100. D wrong: the other way round.
    ['nonSaturating', [0, 100, 0, 0, -1], [200, 0, -1, 1, 0]],
    ['minimax', [0, 0, 0, 0, 0], [200, -100, -1, 1, -1]],
    ['smoothed', [10, 100, 0.1, 0, -1], [190, 0, -0.9, 1, 0]],
    [
      'leastSquares',
      [0.5 * 99 ** 2 + 0.5 * 100 ** 2, 0.5 * 101 ** 2, 99, -100, -101],
      [0.5 * 101 ** 2 + 0.5 * 100 ** 2, 0.5 * 99 ** 2, -101, 100, 99],
    ],
    ['wasserstein', [-200, 100, -1, 1, -1], [200, -100, -1, 1, -1]],
    ['hinge', [0, 100, 0, 0, -1], [202, -100, -1, 1, -1]],
  ])('%s is what it should be, and so are its gradients', async (name, right, wrong) => {
    const seen = [await at(LOSSES[name]!, 100, -100), await at(LOSSES[name]!, -100, 100)];
    [right, wrong].flat().forEach((expected, i) => {
      expect(Math.abs(seen.flat()[i]! - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected) + 1e-6);
    });
  });
});

describe('by name', () => {
  it('each of the configuration’s losses is there, and its settings pass the schema', () => {
    for (const name of LOSS_NAMES) {
      expect(configSchema.partial().parse(LOSS_DEFAULTS[name])).toEqual(LOSS_DEFAULTS[name]);
      expect(adversarialLoss(name)).toEqual({ discriminator: expect.any(Function), generator: expect.any(Function) });
    }
    expect(Object.keys(LOSS_DEFAULTS).sort()).toEqual([...LOSS_NAMES].sort());
  });

  it.each<[LossName, string]>([
    ['non-saturating', 'nonSaturating'],
    ['minimax', 'minimax'],
    ['lsgan', 'leastSquares'],
    ['wgan', 'wasserstein'],
    ['wgan-gp', 'wasserstein'],
    ['hinge', 'hinge'],
  ])('%s is %s', async (name, own) => {
    expect(await at(adversarialLoss(name), 0.3, -0.6)).toEqual(await at(LOSSES[own]!, 0.3, -0.6));
  });

  it('smooths labels where there are some', async () => {
    expect(await at(adversarialLoss('non-saturating', { labelSmoothing: 0.1 }), 2, 1)).toEqual(
      await at(LOSSES.smoothed!, 2, 1),
    );
    for (const name of LOSS_NAMES) {
      if (isCrossEntropy(name)) expect(() => adversarialLoss(name, { labelSmoothing: 0.1 })).not.toThrow();
      else
        expect(() => adversarialLoss(name, { labelSmoothing: 0.1 })).toThrow(
          `labelSmoothing: expected 0 with the loss ${name}, which has no labels, got 0.1`,
        );
    }
    for (const labelSmoothing of [-0.1, 1, Number.NaN])
      expect(() => minimax({ labelSmoothing })).toThrow(
        `labelSmoothing: expected a number from 0 to below 1, got ${labelSmoothing}`,
      );
  });
});

it('featureMatching takes batches of other sizes, and no other features', async () => {
  const features = (batch: number, n: number) => tensor(new Rng(batch).normals(batch * n), [batch, n]);
  expect(featureMatching(features(5, 7), features(3, 7)).shape).toEqual([]);
  expect(() => featureMatching(features(5, 7), features(5, 6))).toThrow(
    'featureMatching: expected two [batch, features] with as many features, got [5,7] and [5,6]',
  );
});
