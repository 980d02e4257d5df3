/** One random program, run in every way there is and interpreted: the same values, in the outputs and in all state. */
import {
  capture,
  type Device,
  PASSES,
  type Pass,
  type Plan,
  printPlan,
  printProgram,
  type Step,
  type Tensor,
  tidy,
} from '@ganvas/tensor';
import type { Recording, ValueId } from '../packages/tensor/src/program.ts';
import { anotherDevice } from './gpu/device.ts';
import { expectClose } from './gpu/rig.ts';
import { type Contents, interpret } from './interpreter.ts';
import { record } from './pure/compile/record.ts';
import { follow, type Recipe, World } from './random-programs.ts';

/** Runs in a row: the second starts from the state and from the buffers that the first has left. */
const RUNS = 2;
/** Of the largest f32 on the way: what a chain of some dozen operations may lose. Whole numbers are exact. */
const TOLERANCE = 2e-6;

const WAYS: readonly (readonly [way: string, passes: readonly Pass[]])[] = [
  ['all passes', PASSES],
  ...PASSES.map((off) => [`without ${off}`, PASSES.filter((pass) => pass !== off)] as const),
  ['no pass', []],
];

/**
 * Opens a device for a test file's programs; call the result for each. A device that has failed fails for ever: after a mistake
 * the next program, a simpler one perhaps, gets a new one.
 */
export function useProgramCheck(): (recipe: Recipe) => Promise<void> {
  let device: Device;
  beforeAll(async () => {
    device = await anotherDevice();
  });
  afterAll(() => device.close());
  return async (recipe) => {
    try {
      await checkProgram(recipe);
    } catch (mistake) {
      device.close();
      device = await anotherDevice();
      throw mistake;
    }
  };
}

/** @throws Error with the program and the plan, where a way of running it changes a value */
async function checkProgram(recipe: Recipe): Promise<void> {
  const world = new World();
  try {
    const recording = record(() => follow(recipe, world));
    const expected = interpretRuns(recording, world);
    const check = async (way: string, run: () => Tensor[], describe: () => string) => {
      world.reset();
      try {
        for (const [i, values] of expected.entries()) {
          const results = run();
          await compare(`run ${i + 1}`, results, recording, values);
          for (const t of results) if (way === 'eager' && !world.has(t)) t.dispose();
        }
      } catch (cause) {
        const parts = [`${way}: ${(cause as Error).message}`, printProgram(recording.program), describe()];
        throw new Error(parts.join('\n\n'));
      }
    };
    await check(
      'eager',
      () => tidy(() => follow(recipe, world)),
      () => 'node by node',
    );
    const tried = new Set<string>();
    for (const [way, passes] of WAYS) {
      const step: Step<[], Tensor[]> = capture(() => follow(recipe, world), { passes });
      step.record();
      const plan = step.plan!;
      if (!tried.has(keyOf(plan))) {
        tried.add(keyOf(plan));
        await step.prepare();
        await check(way, step, () => printPlan(plan));
      }
      step.dispose();
    }
  } finally {
    world.dispose();
  }
}

interface Expected {
  outputs: Float64Array[];
  externals: Contents;
  largest: number;
}

function interpretRuns(recording: Recording, world: World): Expected[] {
  const contents = [...recording.externals].map(([id, t]) => [id, world.contents(t)] as const);
  const runs: Expected[] = [{ outputs: [], externals: new Map(contents), largest: 1 }];
  for (let run = 0; run < RUNS; run++) {
    const { largest, externals } = runs.at(-1)!;
    const after = interpret(recording, externals);
    runs.push({ ...after, largest: Math.max(largest, after.largest) });
  }
  return runs.slice(1);
}

async function compare(
  run: string,
  results: readonly Tensor[],
  { externals }: Recording,
  expected: Expected,
): Promise<void> {
  const check = async (t: Tensor, values: ArrayLike<number>, what: string) => {
    const abs = t.dtype === 'f32' ? TOLERANCE * expected.largest : 0;
    expectClose(await t.data(), values, { abs }, `${run}, ${what}`);
  };
  await Promise.all([
    ...results.map((t, i) => check(t, expected.outputs[i]!, `output ${i}`)),
    ...[...externals].map(([id, t]: [ValueId, Tensor]) => check(t, expected.externals.get(id)!, `%${id} afterwards`)),
  ]);
}

/** What a plan runs: ways that come to the same plan are run once. */
const keyOf = ({ dispatches, slots, outputs }: Plan): string =>
  JSON.stringify([dispatches.map(({ kernel, bindings }) => [kernel.code, bindings]), slots, outputs]);
