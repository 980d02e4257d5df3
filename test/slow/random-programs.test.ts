/** What test/gpu/random-programs.test.ts does, with 2,000 longer programs. */
import fc from 'fast-check';
import { useProgramCheck } from '../check-program.ts';
import { recipes } from '../random-programs.ts';

const check = useProgramCheck();

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  '250 programs of seed %d',
  (seed) => fc.assert(fc.asyncProperty(recipes(24), check), { numRuns: 250, seed: 1000 + seed }),
  600_000,
);
