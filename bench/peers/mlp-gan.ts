/** The GAN of fully connected nets that every peer trains. */
import { nn } from '@ganvas/autograd';
import { samplePoints } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import type { MlpGanCase } from '../cases.ts';
import { MIXTURES, MLP_GAN } from '../mlp-gan.ts';
import { COMPARED_STEPS, type GanRecipe, initialParameters, type Layer, type Networks, type Start } from './recipe.ts';

export function mlpGanLayers({ hidden }: Pick<MlpGanCase, 'hidden'>): Networks {
  const dense = (op: 'relu' | 'leakyRelu', inputs: number, outputs: number): Layer[] => [
    { op: 'linear', name: 'fc1', from: inputs, to: hidden, bias: true },
    { op },
    { op: 'linear', name: 'fc2', from: hidden, to: hidden, bias: true },
    { op },
    { op: 'linear', name: 'fc3', from: hidden, to: outputs, bias: true },
  ];
  return { generator: dense('relu', MLP_GAN.latent, 2), discriminator: dense('leakyRelu', 2, 1) };
}

const START: Start = { weight: nn.uniformFanIn, bias: nn.uniformFanIn, scale: nn.ones };

/** Seed, streams and data are those of the case in ganvas, so that its losses are expected. */
export function mlpGanRecipe(problem: MlpGanCase): GanRecipe {
  const { batch, data } = problem;
  const { latent, lr, seed, stream } = MLP_GAN;
  const layers = mlpGanLayers(problem);
  const mixture = MIXTURES[data];
  const seeds = new Rng(seed);
  const random = seeds.fork(stream.data);
  // A step draws its noise, then its points.
  const steps = Array.from({ length: COMPARED_STEPS }, () => ({
    noise: random.normals(batch * latent),
    real: samplePoints(mixture, random, batch),
  }));
  return {
    ...{ layers, batch, latent, lr, mixture },
    weights: {
      generator: initialParameters(layers.generator, seeds.fork(stream.generator), START),
      discriminator: initialParameters(layers.discriminator, seeds.fork(stream.discriminator), START),
    },
    noise: steps.map(({ noise }) => noise),
    shape: [batch, 2],
    real: steps.map(({ real }) => real),
  };
}
