/**
 * Adam (Kingma & Ba, 2015; hyper-parameters as in PyTorch) over all parameters of an optimiser at once: they, their gradients
 * and their moments are flat vectors.
 */
import { type Candidate, candidate, slot } from './candidate.ts';
import { type Width, wgslType } from './expression.ts';
import { type Binding, defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel } from './kernel.ts';

export interface AdamSpec {
  /** Number of parameters. */
  size: number;
  beta1: number;
  beta2: number;
  /** Added to the root of the second moment. */
  eps: number;
  /** L2 penalty: this times the parameter is added to its gradient. */
  weightDecay: number;
  /** AdamW (Loshchilov & Hutter 2019): a step takes lr · weightDecay of the parameter away, and its gradient does not see it. */
  decoupled?: boolean;
  /** The gradients are those of a loss that was multiplied by `scale`, and are divided by it. */
  scaled?: boolean;
  /** Nothing changes where `proceed` is 0. */
  checked?: boolean;
}

/**
 * Bindings: p, m, v f32 [size] (read_write); g f32 [size] (read); hyper f32 [2] (read): the number t of this step, from 1, and the
 * learning rate. Where it is scaled also scale f32 [1], and where it is checked proceed f32 [1].
 */
export function adam({ size, beta1, beta2, eps, weightDecay, decoupled, scaled, checked }: AdamSpec): Kernel {
  if (![beta1, beta2].every((beta) => beta >= 0 && beta < 1))
    throw new Error(`adam: expected beta1 and beta2 from 0 to below 1, got ${beta1} and ${beta2}`);
  const width: Width = size % 4 === 0 ? 4 : 1;
  const type = wgslType('f32', width);
  const conditions = [...(scaled ? ['scale'] : []), ...(checked ? ['proceed'] : [])];
  return defineKernel({
    name: `adam${decoupled ? 'w' : ''}${scaled ? '-scaled' : ''}${checked ? '-checked' : ''}${width === 4 ? '-vec4' : ''}`,
    about: [
      'p, m, v, g [n]; hyper [t, learning rate]. p -= rate · m̂ / (√v̂ + EPS), where m and v are moving averages of g and g²',
      'and m̂ = m / (1 - BETA1ᵗ), v̂ = v / (1 - BETA2ᵗ) make up for their start at 0.',
      ...(decoupled ? ['Before, p loses rate · WEIGHT_DECAY of itself.'] : []),
    ],
    floats: {
      BETA1: beta1,
      BETA2: beta2,
      ONE_MINUS_BETA1: 1 - beta1,
      ONE_MINUS_BETA2: 1 - beta2,
      LOG_BETA1: Math.log(Math.max(beta1, SMALLEST_BETA)),
      LOG_BETA2: Math.log(Math.max(beta2, SMALLEST_BETA)),
      EPS: eps,
      WEIGHT_DECAY: weightDecay,
    },
    bindings: [
      { name: 'p', type, access: 'read_write' },
      { name: 'm', type, access: 'read_write' },
      { name: 'v', type, access: 'read_write' },
      { name: 'g', type, access: 'read' },
      ...['hyper', ...conditions].map((name): Binding => ({ name, type: 'f32', access: 'read' })),
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(size / width),
    declarations: ONE_MINUS_EXP,
    main: `
${FLAT_INDEX}
if (i >= arrayLength(&p)) { return; }${checked ? '\nif (proceed[0] == 0.0f) { return; }' : ''}
let t = hyper[0];
let rate = hyper[1];
let gradient = g[i]${scaled ? ' / scale[0]' : ''}${decoupled ? '' : ' + WEIGHT_DECAY * p[i]'};
let first = BETA1 * m[i] + ONE_MINUS_BETA1 * gradient;
let second = BETA2 * v[i] + ONE_MINUS_BETA2 * gradient * gradient;
m[i] = first;
v[i] = second;
let step = rate / one_minus_exp(t * LOG_BETA1);
let root = sqrt(second) / sqrt(one_minus_exp(t * LOG_BETA2));
${decoupled ? 'p[i] -= rate * WEIGHT_DECAY * p[i];\n' : ''}p[i] -= step * first / (root + EPS);`,
    cost: { flops: 14 * size, bytes: 4 * (7 * size + 2) },
  });
}

/** Its one way: inputs p, m, v, g, hyper (and scale and proceed where it is scaled and checked), of which the first three change in place. */
export const adamCandidate = (spec: AdamSpec): Candidate =>
  candidate(
    'adam',
    'One pass over all parameters of the optimiser at once, four to an invocation where they come by fours: the two moments ' +
      'and the parameters are read and written once, and a step costs one dispatch instead of one a tensor.',
    () => {
      const kernel = adam(spec);
      return { stages: [{ kernel, slots: kernel.bindings.map((_, i) => slot.input(i)) }] };
    },
  );

/** For β = 0, which has no logarithm: 1 - βᵗ is 1 in f32 for this one as well. */
const SMALLEST_BETA = 1e-30;

/** 1 - βᵗ = 1 - exp(t·ln β): in the first steps βᵗ is near 1, and the difference would lose its digits. */
const ONE_MINUS_EXP = `
/// 1 - exp(y) for y ≤ 0; the series of exp near 0.
fn one_minus_exp(y: f32) -> f32 {
  if (y < -0.5f) { return 1.0f - exp(y); }
  return -y * (1.0f + y / 2.0f * (1.0f + y / 3.0f * (1.0f + y / 4.0f * (1.0f + y / 5.0f * (1.0f + y / 6.0f * (1.0f + y / 7.0f * (1.0f + y / 8.0f)))))));
}`;
