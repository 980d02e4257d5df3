/**
 * Every case on every peer, small: `npx tsx -C source bench/peers/check.ts [ADAPTER]`. Values are held against float64, a GAN's
 * step against ganvas on the same adapter, and what a case leaves behind is counted. Exits with 1 where something is wrong.
 */
import {
  adamReference,
  type Conv2dShape,
  conv2dInputGradReference,
  conv2dReference,
  conv2dWeightGradReference,
  matmulReference,
  momentsReference,
} from '@ganvas/kernels-wgsl';
import { type Device, openDevice } from '@ganvas/tensor';
import type { AcganScriptCase, Problem } from '../cases.ts';
import { normalizationProgram } from '../normalization.ts';
import { openProgram } from '../program-work.ts';
import { isRecipe, type RecipeCase } from './gan.ts';
import { openPeers, type PeerWork } from './index.ts';
import { ADAM, ADAM_UPDATE, inputsOf, type OpProblem } from './inputs.ts';
import { requirePackage } from './packages.ts';
import type { Tf } from './tfjs.ts';

/** Another stride in each direction, and rows padded at the top only. */
const CONV: Conv2dShape = {
  ...{ batch: 2, height: 8, width: 6, inChannels: 3, outHeight: 4, outWidth: 6, outChannels: 5 },
  ...{ kernelHeight: 3, kernelWidth: 3, strideY: 2, strideX: 1, padTop: 1, padLeft: 1 },
};

const OPS: OpProblem[] = [
  { op: 'matmul', m: 5, k: 7, n: 9 },
  { op: 'conv2d', shape: CONV },
  { op: 'conv2d-input-grad', shape: CONV },
  { op: 'conv2d-weight-grad', shape: CONV },
  { op: 'conv-transpose2d', shape: CONV },
  { op: 'elementwise', size: 1000 },
  { op: 'sum', size: 1000 },
  { op: 'softmax', rows: 3, columns: 10 },
  { op: 'batch-norm', shape: [2, 3, 5, 4] },
  { op: 'batch-norm-grad', shape: [2, 3, 5, 4] },
  { op: 'adam', size: 1000 },
  { op: 'random-normal', size: 4000 },
];
type Played = RecipeCase | AcganScriptCase;

const isPlayed = (problem: OpProblem | Played): problem is Played => isRecipe(problem) || problem.op === 'acgan-script';

const GANS: Played[] = [
  { op: 'dcgan', size: 28, width: 4, batch: 4 },
  { op: 'mlp-gan', data: 'grid', batch: 8, hidden: 5 },
  { op: 'acgan-script', width: 2, batch: 4, dropout: 0 },
  { op: 'acgan-script', width: 2, batch: 4, dropout: 0.3 },
];

/** Of the largest expected value. */
const TOLERANCE = { op: 1e-5, gan: 1e-3 };

function expectedOf(device: Device, problem: OpProblem): ArrayLike<number> | null {
  const [a, b, c, d] = inputsOf(problem) as [Float32Array, Float32Array, Float32Array, Float32Array];
  switch (problem.op) {
    case 'matmul':
      return matmulReference({ ...problem, transposeA: false, transposeB: false }, a, b);
    case 'conv2d':
      return conv2dReference(problem.shape, a, b);
    case 'conv2d-input-grad':
    case 'conv-transpose2d':
      return conv2dInputGradReference(problem.shape, a, b);
    case 'conv2d-weight-grad':
      return conv2dWeightGradReference(problem.shape, a, b);
    case 'elementwise':
      return Float64Array.from(a, (x, i) => Math.max(0, x * b[i]! + c[i]!));
    case 'sum':
      return [a.reduce((total, x) => total + x, 0)];
    case 'softmax': {
      const exp = Float64Array.from(a, Math.exp);
      const row = (i: number) => Math.floor(i / problem.columns) * problem.columns;
      const totalOf = (i: number) => exp.slice(row(i), row(i) + problem.columns).reduce((total, e) => total + e, 0);
      return exp.map((e, i) => e / totalOf(i));
    }
    case 'batch-norm':
    case 'batch-norm-grad': {
      const { expected, close } = normalizationProgram(device, problem);
      close();
      return expected();
    }
    case 'adam':
      return adamReference({ ...problem, ...ADAM, weightDecay: 0 }, { p: a, m: b, v: c }, d, {
        t: ADAM_UPDATE,
        rate: ADAM.lr,
      }).p;
    case 'random-normal':
      return null;
  }
}

/** The reports of ganvas's first two steps. */
async function ganvasReports(device: Device, problem: Played): Promise<ArrayLike<number>[]> {
  const work = openProgram(device, { name: problem.op, problem, kernel: null, quick: true, gpuOnly: false }, null);
  await work.prepare();
  const reports: ArrayLike<number>[] = [];
  for (let step = 0; step < 2; step++) {
    work.run(1);
    reports.push(await work.result());
  }
  work.close();
  return reports;
}

/** The largest deviation, as a share of the largest expected value. */
function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const all = Array.from(expected);
  const worst = Math.max(...all.map((e, i) => Math.abs(actual[i]! - e)));
  return worst / Math.max(...all.map(Math.abs));
}

async function runOnce(work: PeerWork): Promise<ArrayLike<number>> {
  await work.finish();
  work.run(1);
  await work.finish();
  return work.result();
}

/** Losses and answers of a game that goes on. */
function isSound(report: ArrayLike<number>): boolean {
  const [lossD, lossG, dReal, dFake] = Array.from(report) as [number, number, number, number];
  return [lossD, lossG].every((loss) => loss > 0.1 && loss < 3) && [dReal, dFake].every((d) => d > 0.1 && d < 0.9);
}

const isNormal = (values: ArrayLike<number>): boolean => {
  const { mean, variance } = momentsReference({ rows: values.length, channels: 1 }, values);
  return Math.abs(mean[0]!) < 0.1 && Math.abs(variance[0]! - 1) < 0.1;
};

async function check(adapter: string): Promise<number> {
  const device = await openDevice({ adapter });
  const { name, backend } = device.adapter;
  const peers = await openPeers({ name, backend, robustness: true });
  const tf = requirePackage('@tensorflow/tfjs') as Tf;
  let wrong = 0;
  const say = (problem: Problem, work: PeerWork, verdict: string, fine: boolean): void => {
    if (!fine) wrong++;
    process.stdout.write(`${fine ? 'ok   ' : 'WRONG'} ${problem.op} ${work.engine}: ${verdict}\n`);
  };
  for (const problem of [...OPS, ...GANS]) {
    const reports = isPlayed(problem) ? await ganvasReports(device, problem) : [];
    for (const work of await peers.open(problem)) {
      const { numTensors } = tf.memory();
      await work.prepare();
      const first = await runOnce(work);
      const held = tf.memory().numTensors;
      const second = await runOnce(work);
      // A GAN's third step is the first on noise, and points, of the engine's own.
      const third = await runOnce(work);
      const grown = tf.memory().numTensors - held;
      work.close();
      if (isPlayed(problem)) {
        const worst = Math.max(deviation(first, reports[0]!), deviation(second, reports[1]!));
        const sound = isRecipe(problem) ? isSound(third) : Array.from(third).every(Number.isFinite);
        say(problem, work, `off by ${worst}, ${Array.from(second).slice(-4)}`, worst < TOLERANCE.gan && sound);
      } else {
        const expected = expectedOf(device, problem);
        if (expected === null) say(problem, work, 'mean 0, variance 1', isNormal(second) && !work.comparable);
        else say(problem, work, `off by ${deviation(first, expected)}`, deviation(first, expected) < TOLERANCE.op);
      }
      const left = tf.memory().numTensors - numTensors;
      if (grown !== 0 || left !== 0) say(problem, work, `${grown} tensors more in later runs, ${left} left`, false);
    }
  }
  peers.close();
  device.close();
  return wrong === 0 ? 0 : 1;
}

process.exit(await check(process.argv[2] ?? 'auto'));
