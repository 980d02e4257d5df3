/** jax-js as an engine: WebGPU, each case jitted. */
import type { Problem } from '../cases.ts';
import type { OpenedEngine, PeerWork } from './engine.ts';
import { isGan } from './gan.ts';
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
    refusal: () => null,
    open: (problem) => work(jax, problem),
  };
}

function work(jax: Jax, problem: Problem): PeerWork {
  const { queue } = jax.getWebGPUDevice();
  let computation: JaxComputation | undefined;
  return {
    engine,
    comparable: problem.op !== 'random-normal',
    async prepare() {
      computation = isGan(problem) ? jaxGan(jax, problem) : jaxCase(jax, problem);
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
