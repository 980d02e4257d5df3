/** The GANs of the suite as the peers train them, and the work that is in a step. */
import { conv2dCost } from '@ganvas/kernels-wgsl';
import type { DcganCase, GanCase, ImageGanCase, MlpGanCase, Problem } from '../cases.ts';
import { acganFlops } from './acgan.ts';
import { dcganLayers, dcganRecipe } from './dcgan.ts';
import { mlpGanLayers, mlpGanRecipe } from './mlp-gan.ts';
import type { GanRecipe, Layer } from './recipe.ts';

const GANS: readonly Problem['op'][] = ['dcgan', 'cgan', 'acgan', 'acgan-script', 'mlp-gan'] satisfies GanCase['op'][];

export const isGan = (problem: Problem): problem is GanCase => GANS.includes(problem.op);

/** Those that every engine plays by ganvas's recipe. */
export type RecipeCase = DcganCase | MlpGanCase;

export const isRecipe = (problem: Problem): problem is RecipeCase => problem.op === 'dcgan' || problem.op === 'mlp-gan';

export const ganRecipe = (problem: RecipeCase): GanRecipe =>
  problem.op === 'dcgan' ? dcganRecipe(problem) : mlpGanRecipe(problem);

/** Those whose work is counted: all that a peer plays, and ganvas's own recipe for the same nets. */
export type CountedCase = Exclude<GanCase, Extract<ImageGanCase, { op: 'cgan' }>>;

/**
 * Multiply-adds, times two, of the products and convolutions in one step: what the recipe needs, padding not counted. In ganvas's G
 * runs forward once and its batch serves both halves; D runs forward on real, generated, and after its update generated data again.
 */
export function ganFlops(problem: CountedCase): number {
  if (!isRecipe(problem)) return acganFlops(problem);
  const { generator, discriminator } = problem.op === 'dcgan' ? dcganLayers(problem) : mlpGanLayers(problem);
  const cost = (layers: readonly Layer[]) =>
    layers.map((layer) => layerFlops(layer, problem.batch)).filter((f) => f > 0);
  const total = (flops: readonly number[]) => flops.reduce((a, b) => a + b, 0);
  const [g, d] = [cost(generator), cost(discriminator)];
  const forward = total(g) + 3 * total(d);
  // Of each layer the gradient of its weights; of all but a network's first that of its input, and of D's for G's sake.
  const updateD = 2 * (total(d) + total(d.slice(1)));
  const updateG = total(d) + total(g) + total(g.slice(1));
  return forward + updateD + updateG;
}

function layerFlops(layer: Layer, batch: number): number {
  switch (layer.op) {
    case 'linear':
      return 2 * batch * layer.from * layer.to;
    case 'conv2d':
      return halvingFlops(batch, layer.height, layer.from, layer.to);
    case 'convTranspose2d':
      return halvingFlops(batch, 2 * layer.height, layer.to, layer.from);
    default:
      return 0;
  }
}

/** Of the convolution that halves an image; the transposed one and the gradients need as many. */
const halvingFlops = (batch: number, height: number, inChannels: number, outChannels: number): number =>
  conv2dCost({
    ...{ batch, height, width: height, inChannels, outHeight: height / 2, outWidth: height / 2, outChannels },
    ...{ kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 },
  }).flops;
