/** Batch normalization as a program, forward and both ways, and as its definition says it. */
import { grad } from '@ganvas/autograd';
import { momentsReference, scattered } from '@ganvas/kernels-wgsl';
import { batchNorm, type Device, mul, sum, type Tensor, tensor } from '@ganvas/tensor';
import type { BatchNormCase } from './cases.ts';

const EPS = 1e-5;

/** @returns what to capture: y, or both y and the gradients of x, γ and β with dx before the others */
export function normalizationProgram(device: Device, { op, shape }: BatchNormCase) {
  const channels = shape[3];
  const size = shape.reduce((a, b) => a * b, 1);
  const values = {
    x: scattered(size, 1),
    gamma: scattered(channels, 2),
    beta: scattered(channels, 3),
    dy: scattered(size, 4),
  };
  const x = tensor(values.x, shape, { device });
  const gamma = tensor(values.gamma, [channels], { device });
  const beta = tensor(values.beta, [channels], { device });
  const dy = tensor(values.dy, shape, { device });
  const forward = (): Tensor[] => [batchNorm(x, gamma, beta, { eps: EPS }).y];
  const bothWays = (): Tensor[] => {
    const { y } = batchNorm(x, gamma, beta, { eps: EPS });
    return [...grad(sum(mul(y, dy)), [x, gamma, beta]), y];
  };
  const reference = () => normalizationReference(values);
  return {
    compute: op === 'batch-norm' ? forward : bothWays,
    expected: () => reference()[op === 'batch-norm' ? 'y' : 'dx'],
    close: () => {
      for (const t of [x, gamma, beta, dy]) t.dispose();
    },
  };
}

/** Ioffe & Szegedy 2015, in float64: y, and dx = γ/σ · (dy − mean(dy) − x̂ · mean(dy · x̂)). */
function normalizationReference(values: Record<'x' | 'gamma' | 'beta' | 'dy', Float32Array>) {
  const { x, gamma, beta, dy } = values;
  const channels = gamma.length;
  const rows = x.length / channels;
  const { mean, variance } = momentsReference({ rows, channels }, x);
  const scale = variance.map((v) => 1 / Math.sqrt(v + EPS));
  const normal = Float64Array.from(x, (value, i) => (value - mean[i % channels]!) * scale[i % channels]!);
  const meanDy = new Float64Array(channels);
  const meanDyNormal = new Float64Array(channels);
  dy.forEach((value, i) => {
    meanDy[i % channels]! += value / rows;
    meanDyNormal[i % channels]! += (value * normal[i]!) / rows;
  });
  return {
    y: normal.map((value, i) => value * gamma[i % channels]! + beta[i % channels]!),
    dx: normal.map((value, i) => {
      const c = i % channels;
      return gamma[c]! * scale[c]! * (dy[i]! - meanDy[c]! - value * meanDyNormal[c]!);
    }),
  };
}
