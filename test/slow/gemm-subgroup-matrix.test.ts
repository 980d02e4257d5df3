/**
 * The rungs on matrix units, with the units' operations in software: all else in their text runs as it is, in f16 where the
 * adapter has it. A kernel takes 10 s and more to compile so, and without f16 not all fit into workgroup memory; each problem
 * therefore meets one unit.
 */

import { tryMatrixUnits } from '../../packages/tensor/src/runtime/matrix-units.ts';
import { checkProblem, type GemmProblem } from '../gpu/kernels/gemm-problems.ts';
import { convolutionProblems, matmulProblem, SPECIAL_CONVOLUTIONS } from '../gpu/kernels/gemm-shapes.ts';
import { inSoftware, softwareMatrices } from '../gpu/kernels/software-matrices.ts';
import { openRig, type Rig } from '../gpu/rig.ts';

const FALLBACK = '12-subgroup-matrix-16x16x16';
const LIMIT = 300_000;

let rig: Rig;
let half: boolean;
beforeAll(async () => {
  rig = await openRig();
  half = rig.gpu.features.has('shader-f16');
});
afterAll(() => rig.close());

/**
 * Checks the rung on this unit, or on 16x16x16 where the adapter has too little workgroup memory for it. f16 rounds inputs below
 * 1 by up to 2^-12: twice that a product, and in a sum its square root of terms.
 */
async function check(problem: GemmProblem, unit: string, plain = false): Promise<void> {
  const wanted = `12-subgroup-matrix-${unit}`;
  const software: GemmProblem = {
    ...problem,
    candidates: (epilogue) => {
      const rungs = problem.candidates(epilogue).map((candidate) => inSoftware(candidate, half));
      const found = [wanted, FALLBACK].map((name) => rungs.find((rung) => rung.name === name)!);
      return found.filter((rung) => rig.admits(rung)).slice(0, 1);
    },
  };
  const rounded = { rel: 2e-6, abs: 2 ** -11 * Math.sqrt(problem.terms) };
  await checkProblem(rig, half ? { ...software, tolerance: rounded } : software, ['12-'], plain);
}

describe('matrix units in software', () => {
  it.each([
    ['16x8x16', ...SPECIAL_CONVOLUTIONS[0]!],
    ['16x16x16-wave64', ...SPECIAL_CONVOLUTIONS[1]!],
    ['8x8x8-wave64', ...SPECIAL_CONVOLUTIONS[2]!],
  ] as const)(
    '%s, convolutions: %s',
    async (unit, _, shape) => {
      for (const problem of convolutionProblems(shape, 'gpu')) await check(problem, unit);
    },
    LIMIT,
  );

  it.each([
    ['16x16x16', 70, 150, 50, false, true],
    ['16x16x16-wave64', 36, 20, 12, true, false],
    ['16x8x16', 13, 300, 36, true, true],
    ['8x8x8-wave64', 66, 130, 67, false, false],
  ] as const)(
    '%s, matmul: m %i, k %i, n %i, transposed %s %s',
    async (unit, m, k, n, transposeA, transposeB) => {
      await check(matmulProblem({ m, n, k, transposeA, transposeB }, 'gpu'), unit);
    },
    LIMIT,
  );

  it(
    'C of as many tiles as make the larger tile worth while',
    async () => {
      // In f32 its slabs take more than 32 KiB, so without f16 there is no such tile to run; 1000 rows then take the smaller one.
      const shape = { m: half ? 16300 : 1000, n: 120, k: 36, transposeA: false, transposeB: false };
      await check(matmulProblem(shape, 'gpu'), '16x16x16', true);
    },
    LIMIT,
  );
});

describe('the trial of a unit', () => {
  const UNIT = { m: 16, n: 16, k: 16 };
  /** A device whose matrix units are software, with the text of `operation` changed to `into`. */
  const deviceWithUnits = (operation = '', into = ''): GPUDevice =>
    new Proxy(rig.gpu, {
      get(gpu, key) {
        if (key === 'createShaderModule')
          return ({ code }: GPUShaderModuleDescriptor) =>
            gpu.createShaderModule({ code: softwareMatrices(code, half).replace(operation, into) });
        const value: unknown = Reflect.get(gpu, key);
        return typeof value === 'function' ? value.bind(gpu) : value;
      },
    });

  it(
    'trusts a unit that multiplies right, if all its kernels run',
    async () => {
      const { subgroupMatrices, remark } = await tryMatrixUnits(deviceWithUnits(), [UNIT], 32);
      if (half) expect({ subgroupMatrices, remark }).toEqual({ subgroupMatrices: [UNIT], remark: null });
      else expect(remark).toMatch(/16x16x16 does not run: The total use of workgroup storage/);
    },
    LIMIT,
  );

  it(
    'leaves aside a unit that multiplies wrong',
    async () => {
      const wrong = deviceWithUnits('right.x + kk * right.y', 'right.x + (kk / 2u * 2u) * right.y');
      const { subgroupMatrices, remark } = await tryMatrixUnits(wrong, [UNIT], 32);
      expect(subgroupMatrices).toEqual([]);
      expect(remark).toMatch(
        /^subgroup matrices left aside: 16x16x16 computes -?[\d.]+ for -?[\d.]+ at \[\d+, \d+\] of \[70, 52\]/,
      );
    },
    LIMIT,
  );
});
