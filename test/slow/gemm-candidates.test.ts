/**
 * Every candidate of the GEMM core, whatever its name, on every shape, as a GPU would be offered them: workgroup tiles and
 * split-K by a GPU's rules, which take SwiftShader seconds a pipeline to compile.
 */
import { checkProblem } from '../gpu/kernels/gemm-problems.ts';
import {
  convolutionProblems,
  MATMULS,
  matmulProblem,
  RANDOM_CONVOLUTIONS,
  SPECIAL_CONVOLUTIONS,
} from '../gpu/kernels/gemm-shapes.ts';
import { openRig, type Rig } from '../gpu/rig.ts';

const EVERY = [''];

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('every candidate for a GPU', () => {
  it.each(SPECIAL_CONVOLUTIONS)(
    'convolutions: %s',
    async (_, shape) => {
      for (const problem of convolutionProblems(shape, 'gpu')) await checkProblem(rig, problem, EVERY);
    },
    300_000,
  );

  it.each(RANDOM_CONVOLUTIONS.map((s, i) => [i, s] as const))(
    'convolutions: random shape %i',
    async (_, shape) => {
      for (const problem of convolutionProblems(shape, 'gpu')) await checkProblem(rig, problem, EVERY);
    },
    300_000,
  );

  it.each(MATMULS)(
    'matmul: m %i, k %i, n %i, transposed %s %s',
    async (m, k, n, transposeA, transposeB) => {
      await checkProblem(rig, matmulProblem({ m, n, k, transposeA, transposeB }, 'gpu'), EVERY);
    },
    300_000,
  );
});
