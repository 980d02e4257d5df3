/** A run's kernels are kept in its checkpoints, and taken again when it goes on; what cannot be is said. */
import { add, type Device, matmul, mul, sum, type Tensor, tensor, zeros } from '@ganvas/tensor';
import {
  type KernelRecord,
  keepKernelChoices,
  kernelRecordSchema,
} from '../../../packages/gan/src/run/kernel-choices.ts';
import { fakeDevice } from '../compile/fake-device.ts';
import { record } from '../compile/record.ts';

const problem = (size: number) => `matmul [${size},${size}] [${size},${size}] transposeA=false transposeB=false`;

/** Compiles a product of two matrices. @returns the rung that was taken */
function compile(device: Device, size = 64): string {
  const { program } = record(() => matmul(zeros([size, size], { device }), zeros([size, size], { device })));
  return device.compile(program).choices[0]!.rung;
}

/** A run that compiles two products, and what its checkpoint keeps. */
function firstRun(): KernelRecord {
  const device = fakeDevice();
  const kernels = keepKernelChoices(device, null);
  compile(device);
  compile(device, 32);
  expect([kernels.note, kernels.lost()]).toEqual([null, null]);
  return kernels.record();
}

/** A resumed run. */
function resumed(recorded: KernelRecord) {
  const device = fakeDevice();
  return { device, kernels: keepKernelChoices(device, recorded) };
}

/** A run whose rungs were all this one. */
const allOf = (rung: string): KernelRecord => ({ swiftshader: { [problem(64)]: rung, [problem(32)]: rung } });

it('a new run keeps what it has chosen, by kind of adapter', () => {
  const own = compile(fakeDevice());
  expect(firstRun()).toEqual({ swiftshader: { [problem(64)]: own, [problem(32)]: expect.any(String) } });
});

it('is the same text whatever was compiled first', () => {
  const device = fakeDevice();
  const kernels = keepKernelChoices(device, null);
  compile(device, 32);
  compile(device);
  expect(JSON.stringify(kernels.record())).toBe(JSON.stringify(firstRun()));
});

it('a resumed run takes the same rungs, and keeps those that it has not needed yet', () => {
  expect(compile(fakeDevice())).not.toBe('0-naive');
  const { device, kernels } = resumed(allOf('0-naive'));
  expect(kernels.note).toBeNull();
  expect(compile(device)).toBe('0-naive');
  expect(kernels.lost()).toBeNull();
  expect(kernels.record()).toEqual(allOf('0-naive'));
});

it('says once, in one line, which rungs there are no more, and keeps the new ones', () => {
  const { device, kernels } = resumed(allOf('99-gone'));
  const [own] = [compile(device), compile(device, 32)];
  expect(kernels.lost()).toBe(
    `kernels of this run cannot be had here and were chosen anew: ${problem(64)} ran 99-gone, now ${own}, and 1 more`,
  );
  expect(kernels.lost()).toBeNull();
  expect(kernels.record().swiftshader![problem(64)]).toBe(own);
});

it('choices on another kind of adapter do not apply, and are kept', () => {
  const elsewhere = { 'nvidia hopper': firstRun().swiftshader! };
  const { device, kernels } = resumed(elsewhere);
  expect(kernels.note).toBe("the run's kernels were chosen on nvidia hopper; on swiftshader they are chosen anew");
  compile(device);
  expect(kernels.lost()).toBeNull();
  expect(kernels.record()).toEqual({ ...elsewhere, swiftshader: { [problem(64)]: expect.any(String) } });
});

it('a run that has kept none is told so, and one whose choices nobody can read any more', () => {
  const none = 'the run has kept no kernel choices; they are made anew';
  expect(resumed({}).kernels.note).toBe(none);
  const lists = kernelRecordSchema.parse({ swiftshader: { [problem(64)]: ['0-naive', '1-vec4'] } });
  expect(resumed(lists).kernels.note).toBe(none);
});

it('two kernels of the same op with other work fused into them are two problems, each resumed with its own rung', () => {
  // llvmpipe sums one load a value in four chains, the products of two in one.
  const sums = (device: Device) => {
    const [x, y] = [0, 1].map((fill) => tensor(new Float32Array(64).fill(fill), [8, 8], { device })) as [
      Tensor,
      Tensor,
    ];
    return sum(mul(x, add(y, sum(x, 0))), 0);
  };
  const run = (recorded: KernelRecord | null) => {
    const device = fakeDevice(8, 'llvmpipe');
    const kernels = keepKernelChoices(device, recorded);
    const { program } = record(() => sums(device));
    const rungs = device.compile(program).choices.map(({ rung }) => rung);
    return { rungs, kernels: kernels.record() };
  };
  const first = run(null);
  expect(new Set(first.rungs).size).toBe(2);
  expect(run(first.kernels)).toEqual(first);
});
