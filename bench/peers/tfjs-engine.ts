/** TensorFlow.js as two engines: its WebGPU and its WebAssembly backend. */
import type { Problem } from '../cases.ts';
import type { OpenedEngine, PeerEngine, PeerGap, PeerWork } from './engine.ts';
import { ganFlops, isGan } from './gan.ts';
import { packageVersion } from './packages.ts';
import { openTfjsWasm, openTfjsWebGpu, type TfBackend } from './tfjs.ts';
import { type TfComputation, tfjsCase } from './tfjs-cases.ts';
import { registerFilterGradient } from './tfjs-filter-gradient.ts';
import { tfjsGan } from './tfjs-gan.ts';

const hostRandom = (engine: PeerEngine): PeerGap[] =>
  (['random-normal', 'mlp-gan'] as const).map((op) => ({
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
const HOPELESS_FLOPS = 1e11;

export async function openTfjsWasmEngine(): Promise<OpenedEngine> {
  const engine = 'tfjs-wasm';
  const backend = await openTfjsWasm();
  registerFilterGradient(backend.tf);
  const reason =
    "no Conv2DBackpropFilter in the backend; bench/peers adds one of the backend's own ops (im2col, matMul)";
  return {
    engine,
    version: `${packageVersion('@tensorflow/tfjs-backend-wasm')}, threads: ${backend.threads}`,
    gaps: [{ engine, op: 'conv2d-weight-grad', reason }, { engine, op: 'dcgan', reason }, ...hostRandom(engine)],
    refusal(problem) {
      const flops =
        problem.op === 'matmul' ? 2 * problem.m * problem.k * problem.n : isGan(problem) ? ganFlops(problem) : 0;
      return flops > HOPELESS_FLOPS ? `${Math.round(flops / 1e9)} GFLOP would take minutes` : null;
    },
    open: (problem) => work(engine, backend, problem),
  };
}

function work(engine: PeerEngine, backend: TfBackend, problem: Problem): PeerWork {
  let computation: TfComputation | undefined;
  return {
    engine,
    comparable: problem.op !== 'random-normal',
    async prepare() {
      await backend.activate();
      computation = isGan(problem) ? tfjsGan(backend, problem) : await tfjsCase(backend, problem);
      await backend.finish();
    },
    run(times) {
      void backend.activate(); // has its effect at once, as the backend has started
      for (let i = 0; i < times; i++) computation!.step();
    },
    async finish() {
      await backend.activate();
      await backend.finish();
    },
    async result() {
      await backend.activate();
      return computation!.result();
    },
    close: () => computation?.close(),
  };
}
