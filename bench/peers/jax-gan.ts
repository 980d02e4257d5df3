/** A GAN's training step in jax-js: one jitted function from state to state. */
import { ganRecipe, type RecipeCase } from './gan.ts';
import { ADAM } from './inputs.ts';
import type { Jax, JaxArray } from './jax.ts';
import { adamUpdate, batchNormTraining, type JaxComputation, type Moments } from './jax-cases.ts';
import { jaxSource } from './jax-source.ts';
import { HWIO_TO_OIHW, permuted, permutedShape } from './layout.ts';
import { type Layer, type Parameters, SLOPE } from './recipe.ts';

type Weights = { readonly [name: string]: JaxArray };
type Network = { readonly [name: string]: Moments };

/** What changes from step to step. */
type State = {
  readonly g: Network;
  readonly d: Network;
  /** β₁ᵗ and β₂ᵗ, the same for both optimisers. */
  readonly powers: readonly [JaxArray, JaxArray];
};

const STRIDES = [2, 2];
const PADDING = [
  [1, 1],
  [1, 1],
] as const;

export function jaxGan(jax: Jax, problem: RecipeCase): JaxComputation {
  const { numpy: np } = jax;
  const recipe = ganRecipe(problem);
  const { layers, weights, lr } = recipe;
  const source = jaxSource(jax, recipe);
  const G = (w: Weights, z: JaxArray) => forward(jax, layers.generator, w, z);
  const D = (w: Weights, x: JaxArray) => forward(jax, layers.discriminator, w, x);

  const lossOfD = (w: Weights, real: JaxArray, fake: JaxArray): [JaxArray, JaxArray[]] => {
    const [realLogits, fakeLogits] = [D(jax.tree.ref(w), real), D(w, fake)];
    const answers = [realLogits, fakeLogits].map((logits) => jax.nn.sigmoid(logits.ref).mean());
    return [bceWithLogits(jax, realLogits, 1).add(bceWithLogits(jax, fakeLogits, 0)), answers];
  };
  const lossOfG = (fake: JaxArray, w: Weights): JaxArray => bceWithLogits(jax, D(w, fake), 1);

  const step = jax.jit((state: State, real: JaxArray, z: JaxArray): [State, JaxArray] => {
    const powers = [state.powers[0].mul(ADAM.beta1), state.powers[1].mul(ADAM.beta2)] as const;
    const update = (network: Network, gradients: Weights): Network =>
      Object.fromEntries(
        Object.entries(network).map(([name, moments]) => [
          name,
          adamUpdate(jax, moments, gradients[name]!, jax.tree.ref(powers), lr),
        ]),
      );
    const [fake, backThroughG] = jax.vjp((w: Weights) => G(w, z), [values(state.g)]);
    const [[lossD, answers], gradientsD] = jax.valueAndGrad(lossOfD, { hasAux: true })(values(state.d), real, fake.ref);
    const d = update(state.d, gradientsD);
    const [lossG, cotangent] = jax.valueAndGrad(lossOfG)(fake, values(d));
    const [gradientsG] = backThroughG(cotangent);
    backThroughG.dispose();
    const g = update(state.g, gradientsG);
    return [{ g, d, powers }, np.stack([lossD, lossG, ...answers])];
  });
  const scalar = (value: number) => np.array(Float32Array.of(value), { shape: [] });
  let state: State = {
    g: network(jax, layers.generator, weights.generator),
    d: network(jax, layers.discriminator, weights.discriminator),
    powers: [scalar(1), scalar(1)],
  };
  let report: JaxArray | undefined;
  return {
    step() {
      const { x, z } = source.next();
      report?.dispose();
      [state, report] = step(state, x, z);
      for (const array of jax.tree.leaves([state, report])) array.ref.gpuBufferSync();
    },
    last: () => report!,
    result: () => report!.ref.data(),
    close() {
      jax.tree.dispose([state, ...(report ? [report] : [])]);
      step.dispose();
      source.close();
    },
  };
}

/** The weights alone; the network keeps its own references. */
const values = (network: Network): Weights =>
  Object.fromEntries(Object.entries(network).map(([name, { p }]) => [name, p.ref]));

const bceWithLogits = (jax: Jax, logits: JaxArray, target: 0 | 1): JaxArray =>
  target === 0 ? jax.nn.softplus(logits).mean() : jax.nn.softplus(logits.ref).sub(logits).mean();

/** Weights in jax-js's layouts, moments zero. */
function network(jax: Jax, layers: readonly Layer[], parameters: Parameters): Network {
  const kernels = new Set(layers.flatMap((l) => (l.op === 'conv2d' || l.op === 'convTranspose2d' ? [l.name] : [])));
  const entries = Object.entries(parameters).map(([name, { shape, values: v }]) => {
    const isKernel = kernels.has(name.replace('.weight', ''));
    const p = isKernel
      ? jax.numpy.array(permuted(v, shape, HWIO_TO_OIHW), { shape: permutedShape(shape, HWIO_TO_OIHW) })
      : jax.numpy.array(v, { shape });
    const zeros = () => jax.numpy.array(new Float32Array(v.length), { shape: p.shape });
    return [name, { p, m: zeros(), v: zeros() }] as const;
  });
  return Object.fromEntries(entries);
}

function forward(jax: Jax, layers: readonly Layer[], weights: Weights, input: JaxArray): JaxArray {
  const batch = input.shape[0]!;
  const apply = (x: JaxArray, layer: Layer): JaxArray => {
    const weight = () => weights[`${(layer as { name: string }).name}.weight`]!;
    const bias = () => weights[`${(layer as { name: string }).name}.bias`]!;
    switch (layer.op) {
      case 'linear': {
        const y = jax.numpy.matmul(x, weight());
        return layer.bias ? y.add(bias()) : y;
      }
      case 'conv2d':
      case 'convTranspose2d': {
        const y =
          layer.op === 'conv2d'
            ? jax.lax.convGeneralDilated(x, weight(), STRIDES, PADDING)
            : jax.lax.convTranspose(x, weight(), STRIDES, PADDING, { transposeKernel: true });
        return layer.bias ? y.add(bias().reshape([1, layer.to, 1, 1])) : y;
      }
      case 'batchNorm':
        return batchNormTraining(jax, x, weight(), bias());
      // The features are in ganvas's order, channels last, so that the weights are the same.
      case 'unflatten':
        return x.reshape([batch, layer.height, layer.height, layer.channels]).transpose([0, 3, 1, 2]);
      case 'flatten':
        return x.transpose([0, 2, 3, 1]).reshape([batch, layer.height ** 2 * layer.channels]);
      case 'relu':
        return jax.nn.relu(x);
      case 'leakyRelu':
        return jax.nn.leakyRelu(x, SLOPE);
      case 'tanh':
        return jax.numpy.tanh(x);
    }
  };
  return layers.reduce(apply, input);
}
