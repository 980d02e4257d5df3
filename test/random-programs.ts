/**
 * Random programs: calls of public ops on a few inputs and states, with values that are used again, equal subexpressions, constants,
 * views, reductions, products, convolutions, packs, and assignments between reads. Values stay small, and nothing divides by what
 * may be near zero: rounding errors stay rounding errors.
 */
import { add, pack, reshape, type Tensor } from '@ganvas/tensor';
import fc from 'fast-check';
import { ACTIONS } from './random-programs/actions.ts';
import { Scene } from './random-programs/scene.ts';
import type { World } from './random-programs/world.ts';

export { World } from './random-programs/world.ts';

/** Numbers by which a program is put together; smaller and fewer ones make a simpler program. */
export interface Recipe {
  /** Each begins with the action's own. */
  actions: number[][];
  outputs: number[][];
}

const numbers = fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 7 });

export const recipes = (longest: number): fc.Arbitrary<Recipe> =>
  fc.record({
    actions: fc.array(numbers, { minLength: 1, maxLength: longest, size: 'max' }),
    outputs: fc.array(numbers, { minLength: 1, maxLength: 5, size: 'max' }),
  });

/** How values are returned: as they are, under another shape, twice, in company. */
const RETURNS: readonly ((x: Tensor, scene: Scene) => Tensor[])[] = [
  (x) => [x],
  (x) => [reshape(x, [-1])],
  (x) => [x, x],
  (_, scene) => scene.made.slice(-4),
  (x, scene) => [x, pack([scene.any(), x])],
  (x) => [x, add(x, 1)],
];

/** Calls a recipe's ops on the world; returns some of its values, and leaves its assignments in the states. */
export function follow({ actions, outputs }: Recipe, world: World): Tensor[] {
  const scene = new Scene(world);
  for (const numbers of actions) scene.follow(numbers).pick(ACTIONS)(scene);
  return outputs.flatMap((numbers) => scene.follow(numbers).pick(RETURNS)(scene.any(), scene));
}
