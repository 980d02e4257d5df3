/** Convolutions: the quick rungs on every shape. Workgroup rungs compile slowly and get one each here, the others in test/slow. */
import { openRig, type Rig } from '../rig.ts';
import { checkProblem, QUICK_RUNGS } from './gemm-problems.ts';
import { convolutionProblems, RANDOM_CONVOLUTIONS, SPECIAL_CONVOLUTIONS } from './gemm-shapes.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('conv2d, its input gradient and its weight gradient', () => {
  it.each(SPECIAL_CONVOLUTIONS)('quick rungs: %s', async (_, s) => {
    for (const problem of convolutionProblems(s, rig.adapterClass)) await checkProblem(rig, problem, QUICK_RUNGS);
  });

  it.each(RANDOM_CONVOLUTIONS.map((s, i) => [i, s] as const))('quick rungs: random shape %i', async (_, s) => {
    for (const problem of convolutionProblems(s, rig.adapterClass)) await checkProblem(rig, problem, QUICK_RUNGS);
  });

  it.each([
    ['1-', ...SPECIAL_CONVOLUTIONS[2]!],
    ['6-', ...SPECIAL_CONVOLUTIONS[2]!],
    ['7-', ...SPECIAL_CONVOLUTIONS[0]!],
  ] as const)('rung %s: %s', async (rung, _, s) => {
    for (const problem of convolutionProblems(s, rig.adapterClass)) await checkProblem(rig, problem, [rung]);
  });
});
