/** TensorFlow.js as two engines: its WebGPU and its WebAssembly backend. */
import type { Problem } from '../cases.ts';
import type { OpenedEngine, PeerEngine, PeerGap, PeerWork } from './engine.ts';
import { ganFlops, isGan, isRecipe } from './gan.ts';
import { packageVersion } from './packages.ts';
import { openTfjsWasm, openTfjsWebGpu, type TfBackend } from './tfjs.ts';
import { tfjsAcgan } from './tfjs-acgan.ts';
import { type TfComputation, tfjsCase } from './tfjs-cases.ts';
import { tfjsGan } from './tfjs-gan.ts';
import { registerMissingKernels } from './tfjs-wasm-kernels.ts';

const hostRandom = (engine: PeerEngine): PeerGap[] =>
  (['random-normal', 'mlp-gan', 'acgan-script'] as const).map((op) => ({
    ...{ engine, op },
    reason: 'random numbers are drawn on the host, one by one',
  }));

export async function openTfjsWebGpuEngine(): Promise<OpenedEngine> {
  const engine = 'tfjs-webgpu';
  const backend = await openTfjsWebGpu();
  return {
    engine,
    version: packageVersion('@tensorflow/tfjs-backend-webgpu'),
    gaps: hostRandom(engine),
    refusal: () => null,
    open: (problem) => work(engine, backend, problem),
  };
}

/** Beyond this a run takes half a minute on one thread, and a case needs several. */
const HOPELESS_FLOPS = 1.2e11;

export async function openTfjsWasmEngine(): Promise<OpenedEngine> {
  const engine = 'tfjs-wasm';
  const backend = await openTfjsWasm();
  registerMissingKernels(backend.tf);
  const lacks = (what: string, ops: string, op: PeerGap['op']): PeerGap => ({
    ...{ engine, op, reason: `no ${what} in the backend; bench/peers adds one of the backend's own ops (${ops})` },
  });
  const filterGradient = (op: PeerGap['op']) => lacks('Conv2DBackpropFilter', 'im2col, matMul', op);
  return {
    engine,
    version: `${packageVersion('@tensorflow/tfjs-backend-wasm')}, threads: ${backend.threads}`,
    gaps: [
      ...(['conv2d-weight-grad', 'dcgan', 'acgan-script'] as const).map(filterGradient),
      lacks('UnsortedSegmentSum', 'oneHot, matMul', 'acgan-script'),
      ...hostRandom(engine),
    ],
    refusal(problem) {
      const flops = flopsOf(problem);
      return flops > HOPELESS_FLOPS ? `${Math.round(flops / 1e9)} GFLOP would take minutes` : null;
    },
    open: (problem) => work(engine, backend, problem),
  };
}

function flopsOf(problem: Problem): number {
  if (problem.op === 'matmul') return 2 * problem.m * problem.k * problem.n;
  return isRecipe(problem) || problem.op === 'acgan-script' ? ganFlops(problem) : 0;
}

async function compute(backend: TfBackend, problem: Problem): Promise<TfComputation> {
  if (problem.op === 'acgan-script') return tfjsAcgan(backend, problem);
  if (isRecipe(problem)) return tfjsGan(backend, problem);
  if (isGan(problem)) throw new Error(`tfjs: expected a case that it can do, got ${problem.op}`);
  return tfjsCase(backend, problem);
}

function work(engine: PeerEngine, backend: TfBackend, problem: Problem): PeerWork {
  let computation: TfComputation | undefined;
  return {
    engine,
    comparable: problem.op !== 'random-normal',
    async prepare() {
      await backend.activate();
      computation = await compute(backend, problem);
      await backend.finish();
    },
    run(times) {
      void backend.activate(); // has its effect at once, as the backend has started
      for (let i = 0; i < times; i++) computation!.step();
    },
    async finish() {
      await backend.activate();
      await computation?.queued?.();
      await backend.finish();
    },
    async result() {
      await backend.activate();
      return computation!.result();
    },
    close: () => computation?.close(),
  };
}
