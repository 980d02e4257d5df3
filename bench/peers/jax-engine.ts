/** jax-js as an engine: WebGPU, each case jitted. */
import type { Problem } from '../cases.ts';
import type { OpenedEngine, PeerWork } from './engine.ts';
import { isGan, isRecipe } from './gan.ts';
import { type Jax, openJax } from './jax.ts';
import { type JaxComputation, jaxCase } from './jax-cases.ts';
import { jaxGan } from './jax-gan.ts';
import { packageVersion } from './packages.ts';

const engine = 'jax-js';

export async function openJaxEngine(): Promise<OpenedEngine> {
  const jax = await openJax();
  return {
    engine,
    version: packageVersion('@jax-js/jax'),
    gaps: [],
    refusal: ({ op }) => (op === 'acgan-script' ? 'the script is one of TensorFlow.js' : null),
    open: (problem) => work(jax, problem),
  };
}

function compute(jax: Jax, problem: Problem): JaxComputation {
  if (isRecipe(problem)) return jaxGan(jax, problem);
  if (isGan(problem)) throw new Error(`jax-js: expected a case that it can do, got ${problem.op}`);
  return jaxCase(jax, problem);
}

function work(jax: Jax, problem: Problem): PeerWork {
  const { queue } = jax.getWebGPUDevice();
  let computation: JaxComputation | undefined;
  return {
    engine,
    comparable: problem.op !== 'random-normal',
    async prepare() {
      computation = compute(jax, problem);
      await queue.onSubmittedWorkDone();
    },
    run(times) {
      for (let i = 0; i < times; i++) computation!.step();
    },
    finish: async () => void (await queue.onSubmittedWorkDone()),
    result: () => computation!.result(),
    close: () => computation?.close(),
  };
}
