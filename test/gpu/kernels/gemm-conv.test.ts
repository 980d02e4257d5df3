/** Convolutions: register tiles on every shape. Workgroup tiles compile slowly and get two here, the others in test/slow. */
import { openRig, type Rig } from '../rig.ts';
import { checkProblem } from './gemm-problems.ts';
import { convolutionProblems, RANDOM_CONVOLUTIONS, SPECIAL_CONVOLUTIONS } from './gemm-shapes.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('conv2d, its input gradient and its weight gradient', () => {
  it.each(SPECIAL_CONVOLUTIONS)('register tiles, columns: %s', async (_, s) => {
    for (const problem of convolutionProblems(s, rig.adapterClass))
      await checkProblem(rig, problem, ['register', 'columns']);
  });

  it.each(RANDOM_CONVOLUTIONS.map((s, i) => [i, s] as const))(
    'register tiles, columns: random shape %i',
    async (_, s) => {
      for (const problem of convolutionProblems(s, rig.adapterClass))
        await checkProblem(rig, problem, ['register', 'columns']);
    },
  );

  it.each([
    ['workgroup-tile-64', ...SPECIAL_CONVOLUTIONS[0]!],
    ['workgroup-tile-32', ...SPECIAL_CONVOLUTIONS[2]!],
  ] as const)('%s: %s', async (rung, _, s) => {
    for (const problem of convolutionProblems(s, rig.adapterClass)) await checkProblem(rig, problem, [rung]);
  });
});
