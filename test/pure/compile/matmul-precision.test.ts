/** Kernels that round their inputs are admitted only where a device was opened for them. */
import { matmulCandidates, NO_EPILOGUE, type SubgroupMatrix } from '@ganvas/kernels-wgsl';
import { type DeviceTraits, refusal } from '@ganvas/tensor';
import { fakeDevice } from './fake-device.ts';

const UNIT: SubgroupMatrix = { m: 16, n: 16, k: 16 };
const rungs = () =>
  matmulCandidates({ m: 64, n: 128, k: 64, transposeA: false, transposeB: false }, NO_EPILOGUE, 'gpu');

const traits = (change: Partial<DeviceTraits> = {}): DeviceTraits => ({
  ...fakeDevice().traits,
  features: new Set(['chromium-experimental-subgroup-matrix', 'shader-f16', 'subgroups', 'subgroup_id']),
  workgroupStorage: 32768,
  subgroupSizes: [32, 32],
  matmulPrecision: 'medium',
  subgroupMatrices: [UNIT],
  ...change,
});
const refusalOf = (name: string, change?: Partial<DeviceTraits>) =>
  refusal(rungs().find((rung) => rung.name === name)!, traits(change));

it('takes a rung on matrix units first where the device has them and was opened with medium precision', () => {
  expect(refusalOf('12-subgroup-matrix-16x16x16')).toBeNull();
  expect(rungs().find((rung) => refusal(rung, traits()) === null)!.name).toBe('12-subgroup-matrix-16x16x16');
});

it('refuses every kernel that rounds its inputs at the highest precision', () => {
  const admitted = rungs().filter((rung) => refusal(rung, traits({ matmulPrecision: 'highest' })) === null);
  expect(admitted.length).toBeGreaterThan(0);
  for (const rung of admitted)
    for (const { kernel } of rung.stages) expect(kernel.requires.inputPrecision).toBeUndefined();
  const why = refusalOf('12-subgroup-matrix-16x16x16', { matmulPrecision: 'highest' });
  expect(why).toBe('rounds its inputs to f16, for which a device is opened with matmulPrecision "medium"');
});

it('refuses a unit that the device lacks, and subgroups that are too large', () => {
  expect(refusalOf('12-subgroup-matrix-16x8x16')).toBe('needs subgroup matrices of 16x8x16');
  const large = { subgroupSizes: [32, 64] } as const;
  expect(refusalOf('12-subgroup-matrix-16x16x16', large)).toBe(
    'needs subgroups of 1 to 32 invocations, here they have 32 to 64',
  );
  expect(refusalOf('12-subgroup-matrix-16x16x16-wave64', large)).toBeNull();
});

it('says which rung cannot run for want of subgroups, or of those that it is written for', () => {
  expect(refusalOf('10-subgroup')).toBeNull();
  expect(refusalOf('10-subgroup', { features: new Set() })).toBe('needs the feature subgroups');
  expect(refusalOf('10-subgroup', { subgroupSizes: [8, 32] })).toBe(
    'needs subgroups of 32 invocations, here they have 8 to 32',
  );
});
