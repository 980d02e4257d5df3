/** Spectral normalization (Miyato et al. 2018): a layer whose largest singular value is held at 1. */
import { type Rng, sizeOf } from '@ganvas/kernels-wgsl';
import {
  assign,
  detach,
  div,
  matmul,
  maximum,
  mul,
  reshape,
  sqrt,
  square,
  state,
  sum,
  type Tensor,
  transpose,
} from '@ganvas/tensor';
import type { Parametrization } from './parametrization.ts';

export interface SpectralNormOptions {
  /** Steps of the power iteration a call in training mode. Default 1. */
  iterations?: number;
  /** Least length by which a vector is divided. Default 1e-12. */
  eps?: number;
}

/**
 * The layer works with W/σ, where σ = uᵀ·W·v is the largest singular value of W as a matrix [outputs, everything else]. Each call
 * in training mode takes a step of the power iteration, v = Wᵀu/|Wᵀu| and u = Wv/|Wv|, from where the last one ended; in eval
 * mode u and v stay. σ is differentiable in W, with u and v held fixed: ∂σ/∂W = u·vᵀ.
 *
 * Names are PyTorch's: the parameter is `weight_orig`, the buffers are `weight_u` and `weight_v`, which start from 15 steps on the
 * initial weight. (The elements of v are in our order: kernel rows, columns, inputs.)
 */
export function spectralNorm({ iterations = 1, eps = 1e-12 }: SpectralNormOptions = {}): Parametrization {
  const unit = (x: Tensor): Tensor => div(x, maximum(sqrt(sum(square(x))), eps));
  return {
    attach: ({ weight, values, outputAxis, rng, device }) => {
      const outputs = weight.shape[outputAxis]!;
      const others = weight.shape.flatMap((_, axis) => (axis === outputAxis ? [] : [axis]));
      const start = warmUp(values, outputs, sizeOf(weight.shape.slice(outputAxis + 1)), rng);
      const u = state(start.u, [outputs], { device });
      const v = state(start.v, [weight.size / outputs], { device });
      return {
        parameters: { weight_orig: weight },
        buffers: { weight_u: u, weight_v: v },
        weight: (mode) => {
          const last = outputAxis === weight.shape.length - 1;
          const turned = last ? weight : transpose(weight, [...others, outputAxis]);
          const wT = reshape(turned, [-1, outputs]); // Wᵀ, as the weight lies
          let [left, right]: [Tensor, Tensor] = [u, v];
          if (mode !== 'eval') {
            for (let i = 0; i < iterations; i++) {
              right = detach(unit(matmul(wT, left)));
              left = detach(unit(matmul(right, wT)));
            }
            assign(u, left);
            assign(v, right);
          }
          const sigma = sum(mul(matmul(right, wT), left));
          return div(weight, sigma);
        },
      };
    },
  };
}

/** PyTorch's too: a random u would need some calls before σ means anything. */
const WARM_UP = 15;

/**
 * The power iteration on the host, from a random u.
 * @param inner elements of the weight from one output to the next
 */
function warmUp(weight: Float32Array, outputs: number, inner: number, rng: Rng) {
  const row = (k: number) => Math.floor(k / inner) % outputs;
  const column = (k: number) => Math.floor(k / (inner * outputs)) * inner + (k % inner);
  const u = rng.normals(outputs);
  const v = new Float32Array(weight.length / outputs);
  const follow = (to: Float32Array, add: (w: number, k: number) => void) => {
    to.fill(0);
    weight.forEach(add);
    const length = Math.sqrt(to.reduce((sum, x) => sum + x * x, 0)) || 1;
    for (let i = 0; i < to.length; i++) to[i]! /= length;
  };
  for (let i = 0; i < WARM_UP; i++) {
    follow(v, (w, k) => {
      v[column(k)]! += w * u[row(k)]!;
    });
    follow(u, (w, k) => {
      u[row(k)]! += w * v[column(k)]!;
    });
  }
  return { u, v };
}
