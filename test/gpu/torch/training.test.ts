/** A 20-step DCGAN training trajectory against PyTorch's. */
import { adam, type Optimizer } from '@ganvas/autograd';
import { discriminator, generator, LATENT, plainDiscriminator, playRound, unconditionalGenerator } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, gatherBatch, reshape, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectLikeTorch, openFixture } from './compare.ts';

describe('PyTorch', () => {
  useDevice();
  const fixture = openFixture('dcgan28');

  it('DCGAN losses over 20 steps from the same weights, noise and batches', async () => {
    const { width, batch, steps, lr, beta1, beta2 } = fixture.about.recipe as Record<string, number>;
    const options = { size: 28, width: width!, rng: new Rng(0) };
    const G = generator(options);
    const D = discriminator(options);
    const theirs = (name: string) =>
      name
        .replace('bn1.weight', 'bn1.gamma')
        .replace('bn2.weight', 'bn2.gamma')
        .replace(/(bn\d)\.bias/, '$1.beta');
    for (const [player, net] of [
      ['G', G],
      ['D', D],
    ] as const) {
      for (const [name, parameter] of Object.entries(net.parameters)) {
        const key = `${player}.${theirs(name)}`.replace('D.bn2', 'D.bn');
        parameter.write(fixture.tensors[key]!.data);
      }
    }
    const make = (net: typeof G): Optimizer => adam(Object.values(net.parameters), { lr, betas: [beta1!, beta2!] });
    const players = {
      G: unconditionalGenerator(G, { latent: LATENT, example: [28, 28, 1] }),
      D: plainDiscriminator(D),
      optimizerG: make(G),
      optimizerD: make(D),
    };
    const images = tensor(fixture.tensors.images!.data, fixture.tensors.images!.shape);
    const step = capture((indices: Tensor, z: Tensor) => {
      const real = { x: gatherBatch(images, indices), labels: null };
      const { lossD, lossG, dReal, dFake } = playRound(players, real, reshape(z, [batch!, LATENT]));
      return [lossD!, lossG!, dReal!, dFake!];
    });
    const row = (key: string, i: number, size: number) => fixture.tensors[key]!.data.slice(i * size, (i + 1) * size);
    const noise = fixture.tensors.noise!.data as Float32Array;
    const worst = { lossD: 0, lossG: 0, dReal: 0, dFake: 0 };
    for (let i = 0; i < steps!; i++) {
      const indices = Uint32Array.from(row('imageIndex', i, batch!));
      const z = Float32Array.from(
        [...row('noiseIndex', i, batch!)].flatMap((n) => [...noise.subarray(n * 100, (n + 1) * 100)]),
      );
      const values = await Promise.all(step(indices, z).map((t) => t.item()));
      for (const [k, key] of (Object.keys(worst) as (keyof typeof worst)[]).entries()) {
        const expected = fixture.tensors[key]!.data[i]!;
        worst[key] = Math.max(worst[key], Math.abs(values[k]! - expected) / Math.abs(expected));
      }
    }
    for (const error of Object.values(worst)) expect(error).toBeLessThan(1e-3);
    await expectLikeTorch(fixture, 'final.G.bn1.runningMean', G.buffers['bn1.running_mean']!, 'gradient');
    await expectLikeTorch(fixture, 'final.D.bn.runningVar', D.buffers['bn2.running_var']!, 'gradient');
    await expectLikeTorch(fixture, 'final.D.fc.weight', D.parameters['fc.weight']!, 'gradient');
    fixture.shows(...step.program!.nodes.map((n) => n.op.name));
  });
});
