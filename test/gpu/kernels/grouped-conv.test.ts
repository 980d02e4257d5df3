/** Convolutions in groups and their gradients: every candidate on every shape. */
import { openRig, type Rig } from '../rig.ts';
import { checkProblem } from './gemm-problems.ts';
import { convolutionProblems, GROUPED_CONVOLUTIONS, RANDOM_GROUPED_CONVOLUTIONS } from './gemm-shapes.ts';

const EVERY = [''];

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('grouped conv2d, its input gradient and its weight gradient', () => {
  it.each(GROUPED_CONVOLUTIONS)('%s', async (_, s) => {
    for (const problem of convolutionProblems(s, rig.adapterClass)) await checkProblem(rig, problem, EVERY);
  });

  it.each(RANDOM_GROUPED_CONVOLUTIONS.map((s, i) => [i, s] as const))('random shape %i', async (_, s) => {
    for (const problem of convolutionProblems(s, 'gpu')) await checkProblem(rig, problem, EVERY);
  });
});
