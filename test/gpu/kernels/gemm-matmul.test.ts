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

const sizes: [number, number, number][] = [
  [1, 1, 1],
  [1, 17, 1],
  [3, 1, 5],
  [1, 8, 12],
  [12, 9, 1],
  [5, 7, 3],
  [8, 64, 8],
  [13, 20, 36],
  [33, 130, 7],
  [20, 516, 6],
];

describe('matmul', () => {
  it.each(sizes)('register tiles: m %i, k %i, n %i in every transposition', async (m, k, n) => {
    for (const transposeA of [false, true])
      for (const transposeB of [false, true])
        await checkProblem(rig, problem({ m, n, k, transposeA, transposeB }), (name) => name.startsWith('register'));
  });

  it('register tiles, with more tiles than need splitting', async () => {
    await checkProblem(rig, problem({ m: 260, n: 132, k: 300, transposeA: false, transposeB: false }), (name) =>
      name.startsWith('register'),
    );
  });

  it.each([
    [7, 130, 9, false, false],
    [68, 36, 72, true, false],
    [33, 260, 68, false, true],
    [65, 66, 5, true, true],
  ])('workgroup tiles: m %i, k %i, n %i, transposed %s %s', async (m, k, n, transposeA, transposeB) => {
    await checkProblem(rig, problem({ m, n, k, transposeA, transposeB }), (name) => name.startsWith('workgroup'));
  });
});
