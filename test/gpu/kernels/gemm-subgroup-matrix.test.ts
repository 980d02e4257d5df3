/**
 * The rungs on matrix units, as far as a machine without any can judge them: Dawn's null backend validates their WGSL. That they
 * compute the right thing is tested in test/slow, with the units in software.
 */
import type { Candidate } from '@ganvas/kernels-wgsl';
import { matmul, openDevice, tensor } from '@ganvas/tensor';
import { create } from 'webgpu';
import { tryMatrixUnits } from '../../../packages/tensor/src/runtime/matrix-units.ts';
import { openRig } from '../rig.ts';
import { everyOperand } from './gemm-problems.ts';
import {
  convolutionProblems,
  MATMULS,
  matmulProblem,
  RANDOM_CONVOLUTIONS,
  SPECIAL_CONVOLUTIONS,
} from './gemm-shapes.ts';

const FEATURES = ['subgroups', 'shader-f16', 'chromium-experimental-subgroup-matrix'] as GPUFeatureName[];

describe('WGSL of the rungs on matrix units', () => {
  const dawn = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
  let gpu: GPUDevice;
  beforeAll(async () => {
    const adapter = (await dawn.requestAdapter())!;
    const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup } = adapter.limits;
    const requiredLimits = { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup };
    gpu = await adapter.requestDevice({ requiredFeatures: FEATURES, requiredLimits });
  });
  afterAll(() => gpu.destroy());

  const problems = [
    ...MATMULS.map(([m, k, n, transposeA, transposeB]) => matmulProblem({ m, n, k, transposeA, transposeB }, 'gpu')),
    ...[...SPECIAL_CONVOLUTIONS.map(([, s]) => s), ...RANDOM_CONVOLUTIONS].flatMap((s) =>
      convolutionProblems(s, 'gpu'),
    ),
  ];

  it('is valid for every unit and problem, and makes a pipeline', async () => {
    const large = matmulProblem({ m: 16384, n: 128, k: 8, transposeA: false, transposeB: true }, 'gpu');
    let [checked, made] = [0, 0];
    for (const { what, candidates, expected, columns } of [...problems, large]) {
      for (const { name, stages } of matrixRungs(candidates(everyOperand(expected.length, columns)))) {
        const module = gpu.createShaderModule({ code: stages[0]!.kernel.code });
        const { messages } = await module.getCompilationInfo();
        expect(messages.map(({ lineNum, message }) => `${what} ${name}:${lineNum} ${message}`)).toEqual([]);
        checked++;
        // Pipelines of those that fit into the null backend's 16 KiB of workgroup memory.
        if (stages[0]!.kernel.requires.workgroupStorage! > gpu.limits.maxComputeWorkgroupStorageSize) continue;
        await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
        made++;
      }
    }
    expect(checked).toBe(4 * (problems.length + 1));
    expect(made).toBeGreaterThanOrEqual(2 * problems.length);
  });
});

const matrixRungs = (candidates: Candidate[]): Candidate[] => candidates.filter(({ name }) => name.startsWith('12-'));

describe('a device without matrix units', () => {
  it('fails the trial of a unit, and says how', async () => {
    const { gpu, close } = await openRig();
    const { subgroupMatrices, remark } = await tryMatrixUnits(gpu, [{ m: 16, n: 16, k: 16 }], 32);
    expect(subgroupMatrices).toEqual([]);
    expect(remark).toMatch(/^subgroup matrices left aside: 16x16x16 does not run: .*extension/);
    close();
  });

  it('says that medium precision changes nothing, and computes in f32', async () => {
    const adapter = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
    const device = await openDevice({ adapter, matmulPrecision: 'medium', tuning: 'off' });
    expect(device.note).toMatch(/matmulPrecision "medium" changes nothing: this adapter offers no subgroup matrices/);
    const x = tensor([[1 + 2 ** -20]]);
    const [product] = await matmul(x, tensor([[1]])).data();
    expect(product).toBe(1 + 2 ** -20); // f16 would make it 1
    device.close();
  });
});
