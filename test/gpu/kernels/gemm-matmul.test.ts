/** Products: the quick rungs on every shape. Workgroup rungs compile slowly and get two each here, the others in test/slow. */
import { openRig, type Rig } from '../rig.ts';
import { checkProblem, QUICK_RUNGS } from './gemm-problems.ts';
import { BATCHED_MATMULS, MATMULS, matmulProblem } from './gemm-shapes.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('matmul', () => {
  it.each(MATMULS)('quick rungs: m %i, k %i, n %i, transposed %s %s', async (m, k, n, transposeA, transposeB) => {
    await checkProblem(rig, matmulProblem({ m, n, k, transposeA, transposeB }, rig.adapterClass), QUICK_RUNGS);
  });

  it('quick rungs, where C has tiles enough without splitting k', async () => {
    const shape = { m: 260, n: 132, k: 300, transposeA: false, transposeB: false };
    await checkProblem(rig, matmulProblem(shape, rig.adapterClass), QUICK_RUNGS, true);
  });

  it.each(BATCHED_MATMULS)('quick rungs, a batch: %s', async (_, shape) => {
    await checkProblem(rig, matmulProblem(shape, rig.adapterClass), QUICK_RUNGS);
  });

  it.each([
    ['1-', 17, 33, 20, true, true],
    ['1-', 20, 5, 33, false, false],
    ['6-', 68, 130, 9, true, false],
    ['6-', 33, 260, 36, false, true],
    ['7-', 7, 36, 68, false, false],
    ['7-', 65, 66, 72, true, true],
    ['8-', 65, 50, 131, true, true],
  ])('rung %s: m %i, k %i, n %i, transposed %s %s', async (rung, m, k, n, transposeA, transposeB) => {
    await checkProblem(rig, matmulProblem({ m, n, k, transposeA, transposeB }, rig.adapterClass), [rung]);
  });
});
