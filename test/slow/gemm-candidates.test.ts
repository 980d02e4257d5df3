/**
 * Every candidate of the GEMM core that the device admits, as a GPU would be offered them: workgroup rungs and split-K by a GPU's
 * rules, which take SwiftShader seconds a pipeline to compile. `npm test` has the other rungs on the other shapes.
 */
import { checkProblem } from '../gpu/kernels/gemm-problems.ts';
import {
  BATCHED_MATMULS,
  convolutionProblems,
  MATMULS,
  matmulProblem,
  RANDOM_CONVOLUTIONS,
  SPECIAL_CONVOLUTIONS,
} from '../gpu/kernels/gemm-shapes.ts';
import { openRig, type Rig } from '../gpu/rig.ts';

const EVERY = [''];
/** Small and large channels, one channel, three, phases of unequal taps, phases without any, and more tiles than one. */
const REPRESENTATIVE = [0, 1, 2, 3, 6, 9].map((i) => SPECIAL_CONVOLUTIONS[i]!);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('every candidate for a GPU', () => {
  it.each(REPRESENTATIVE)(
    'convolutions: %s',
    async (_, shape) => {
      for (const problem of convolutionProblems(shape, 'gpu')) await checkProblem(rig, problem, EVERY);
    },
    600_000,
  );

  it.each(RANDOM_CONVOLUTIONS.slice(0, 2).map((s, i) => [i, s] as const))(
    'convolutions: random shape %i',
    async (_, shape) => {
      for (const problem of convolutionProblems(shape, 'gpu')) await checkProblem(rig, problem, EVERY);
    },
    600_000,
  );

  it.each(BATCHED_MATMULS)(
    'a batch of products: %s',
    async (_, shape) => {
      await checkProblem(rig, matmulProblem(shape, 'gpu'), EVERY);
    },
    300_000,
  );

  it.each(MATMULS)(
    'matmul: m %i, k %i, n %i, transposed %s %s',
    async (m, k, n, transposeA, transposeB) => {
      await checkProblem(rig, matmulProblem({ m, n, k, transposeA, transposeB }, 'gpu'), EVERY);
    },
    600_000,
  );
});
