/** Captured programs through the public API, as a user runs them: one submission a call. */
import { grad } from '@ganvas/autograd';
import { createTrainer } from '@ganvas/gan';
import { momentsReference } from '@ganvas/kernels-wgsl';
import {
  batchNorm,
  capture,
  type Device,
  mul,
  type Step,
  type StepInput,
  type Structure,
  sum,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import type { BatchNormCase, DcganCase } from './cases.ts';
import { type OpenedCase, scattered, type Work } from './work.ts';

export function openProgram(device: Device, problem: BatchNormCase | DcganCase): OpenedCase {
  return problem.op === 'dcgan' ? dcgan(device, problem) : normalization(device, problem);
}

/** @param compared which of the step's outputs is held against `expected` */
function program<I extends readonly StepInput[], O extends Structure>(
  step: Step<I, O>,
  inputs: I,
  compared: (outputs: O) => Tensor,
  rest: Pick<OpenedCase, 'expected' | 'close'>,
): OpenedCase {
  let outputs: O;
  const work: Work = {
    rung: 'captured',
    prepare: () => step.prepare(...inputs),
    run(times) {
      for (let i = 0; i < times; i++) outputs = step(...inputs);
    },
    costs: () => step.plan!.dispatches.map((d) => d.kernel.cost),
    result: () => compared(outputs).data(),
    close: () => step.dispose(),
  };
  return { works: [work], ...rest };
}

const EPS = 1e-5;

function normalization(device: Device, { op, shape }: BatchNormCase): OpenedCase {
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
  const close = () => {
    for (const t of [x, gamma, beta, dy]) t.dispose();
  };
  const { y, dx } = normalizationReference(values);
  if (op === 'batch-norm') {
    const forward = capture(() => batchNorm(x, gamma, beta, EPS).y, { device });
    return program(forward, [], (result) => result, { expected: y, close });
  }
  const bothWays = capture(
    () => {
      const { y } = batchNorm(x, gamma, beta, EPS);
      return [y, ...grad(sum(mul(y, dy)), [x, gamma, beta])] as const;
    },
    { device },
  );
  return program(bothWays, [], ([, result]) => result, { expected: dx, close });
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

/** Images for a few batches; what they show has no influence on the time. */
const IMAGES = 256;

function dcgan(device: Device, { size, width, batch }: DcganCase): OpenedCase {
  const side = 28;
  const images = Uint8Array.from(scattered(IMAGES * side * side), (value) => 255 * (value + 0.5));
  const config = { steps: 1, batch, width, size, lr: 2e-4, seed: 1 };
  const { trainStep, state } = createTrainer(device, config, { images, count: IMAGES, height: side, width: side });
  const indices = Uint32Array.from({ length: batch }, (_, i) => (i * 37) % IMAGES);
  return program(trainStep, [indices], (report) => report, {
    expected: null,
    close: () => {
      for (const t of Object.values(state)) t.dispose();
    },
  });
}
