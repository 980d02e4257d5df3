/** Products: register tiles on every shape. Workgroup tiles compile slowly and get four here, the others in test/slow. */
import { openRig, type Rig } from '../rig.ts';
import { checkProblem } from './gemm-problems.ts';
import { MATMULS, matmulProblem } from './gemm-shapes.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('matmul', () => {
  it.each(MATMULS)('register tiles: m %i, k %i, n %i, transposed %s %s', async (m, k, n, transposeA, transposeB) => {
    await checkProblem(rig, matmulProblem({ m, n, k, transposeA, transposeB }, rig.adapterClass), ['register']);
  });

  it('register tiles, where C has tiles enough without splitting k', async () => {
    const shape = { m: 260, n: 132, k: 300, transposeA: false, transposeB: false };
    await checkProblem(rig, matmulProblem(shape, rig.adapterClass), ['register'], true);
  });

  it.each([
    ['workgroup-tile-32', 68, 130, 9, true, false],
    ['workgroup-tile-32', 33, 260, 36, false, true],
    ['workgroup-tile-64', 7, 36, 68, false, false],
    ['workgroup-tile-64', 65, 66, 72, true, true],
  ])('%s: m %i, k %i, n %i, transposed %s %s', async (rung, m, k, n, transposeA, transposeB) => {
    await checkProblem(rig, matmulProblem({ m, n, k, transposeA, transposeB }, rig.adapterClass), [rung]);
  });
});
