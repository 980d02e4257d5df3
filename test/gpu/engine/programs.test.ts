/** Random programs run eagerly, captured and captured without fusion: all agree with float64, in outputs and in state. */
import { capture, type Tensor } from '@ganvas/tensor';
import { interpret } from '../../interpret.ts';
import { follow, makeLeaves, type Recipe, recipes } from '../../pure/compile/programs.ts';
import { record } from '../../pure/compile/record.ts';
import { useDevice } from '../device.ts';
import { cases, expectClose } from '../rig.ts';

useDevice();
const read = (tensors: readonly Tensor[]) => Promise.all(tensors.map((t) => t.data()));

/** The values that a recipe leaves in its outputs and in the states, by each way to run it. */
async function captured(recipe: Recipe, fusion: boolean) {
  const leaves = makeLeaves(1);
  const step = capture(() => follow(recipe, leaves), { fusion });
  const values = [...(await read(step())), ...(await read(leaves.states))];
  step.dispose();
  return values;
}

async function eager(recipe: Recipe) {
  const leaves = makeLeaves(1);
  const outputs = follow(recipe, leaves);
  return read([...outputs, ...leaves.states]);
}

async function inFloat64(recipe: Recipe) {
  const leaves = makeLeaves(1);
  const { program, externals } = record(() => follow(recipe, leaves));
  const before = new Map(await Promise.all([...externals].map(async ([id, t]) => [id, await t.data()] as const)));
  const { memory, outputs } = interpret(program, before);
  const states = await Promise.all(
    leaves.states.map(async (s) => {
      const id = [...externals].find(([, t]) => t === s)?.[0];
      return id === undefined ? s.data() : memory.get(id)!;
    }),
  );
  return [...outputs, ...states];
}

it('agree with float64', async () => {
  await cases(recipes(9), 16, async (recipe) => {
    const expected = await inFloat64(recipe);
    const ways = {
      captured: await captured(recipe, true),
      unfused: await captured(recipe, false),
      eager: await eager(recipe),
    };
    for (const [way, actual] of Object.entries(ways)) {
      expect(actual.length).toBe(expected.length);
      actual.forEach((values, i) => {
        const largest = Math.max(1, ...Array.from(expected[i]!, Math.abs));
        expectClose(values, expected[i]!, { rel: 2e-5, abs: 2e-5 * largest }, `${way}, value ${i}`);
      });
    }
  });
});
