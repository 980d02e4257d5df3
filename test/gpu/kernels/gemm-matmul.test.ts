import { type MatmulShape, matmulCandidates, matmulReference } from '@ganvas/kernels-wgsl';
import { openRig, type Rig } from '../rig.ts';
import { checkProblem, type GemmProblem, numbers } from './gemm-problems.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

function problem(shape: MatmulShape): GemmProblem {
  const { m, n, k, transposeA, transposeB } = shape;
  const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
  return {
    what: `matmul ${m}x${k}x${n}${transposeA ? ' aT' : ''}${transposeB ? ' bT' : ''}`,
    inputs: [a, b],
    expected: matmulReference(shape, a, b),
    columns: n,
    candidates: (epilogue) => matmulCandidates(shape, epilogue, rig.adapterClass),
    terms: k,
  };
}

/** Each size in one transposition, so that every size and every transposition meets every rung. */
const cases: [number, number, number, boolean, boolean][] = [
  [1, 1, 1, false, false],
  [1, 17, 1, true, false],
  [3, 1, 5, false, true],
  [1, 8, 12, true, true],
  [12, 9, 1, true, false],
  [5, 7, 3, true, true],
  [8, 64, 8, false, true],
  [13, 20, 36, false, false],
  [36, 20, 12, true, false],
  [16, 130, 7, true, true],
  [20, 516, 6, false, true],
];

describe('matmul', () => {
  it.each(cases)('register tiles: m %i, k %i, n %i, transposed %s %s', async (m, k, n, transposeA, transposeB) => {
    await checkProblem(rig, problem({ m, n, k, transposeA, transposeB }), ['register']);
  });

  it('register tiles, where C has tiles enough without splitting k', async () => {
    const shape = { m: 260, n: 132, k: 300, transposeA: false, transposeB: false };
    await checkProblem(rig, problem(shape), ['register'], true);
  });

  it.each([
    ['workgroup-tile-32', 68, 130, 9, true, false],
    ['workgroup-tile-32', 33, 260, 36, false, true],
    ['workgroup-tile-64', 7, 36, 68, false, false],
    ['workgroup-tile-64', 65, 66, 72, true, true],
  ])('%s: m %i, k %i, n %i, transposed %s %s', async (rung, m, k, n, transposeA, transposeB) => {
    await checkProblem(rig, problem({ m, n, k, transposeA, transposeB }), [rung]);
  });
});
