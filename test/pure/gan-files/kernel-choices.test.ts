/** A run's kernels are kept in its folder, and taken again when it goes on; what cannot be is said. */
import { readFileSync, writeFileSync } from 'node:fs';
import { FileError } from '@ganvas/gan';
import { type Device, matmul, zeros } from '@ganvas/tensor';
import { keepKernelChoices } from '../../../packages/gan/src/kernel-choices.ts';
import { fakeDevice } from '../compile/fake-device.ts';
import { record } from '../compile/record.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const folder = useTemporaryFolder();
let path: string;
beforeEach(() => {
  path = folder.path('kernels.json');
});

const problem = (size: number) => `matmul [${size},${size}] [${size},${size}] transposeA=false transposeB=false`;

/** Compiles a product of two matrices. @returns the rung that was taken */
function compile(device: Device, size = 64): string {
  const { program } = record(() => matmul(zeros([size, size], { device }), zeros([size, size], { device })));
  return device.compile(program).choices[0]!.rung;
}

/** A run that compiles two products, and what it leaves. */
function firstRun(): { rungs: Record<string, Record<string, string[]>> } {
  const device = fakeDevice();
  const kernels = keepKernelChoices(path, device, false);
  compile(device);
  compile(device, 32);
  expect([kernels.note, kernels.save()]).toEqual([null, null]);
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A resumed run, after `change` to the file. */
function resumed(change: (text: string) => string = (text) => text) {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  const device = fakeDevice();
  return { device, kernels: keepKernelChoices(path, device, true) };
}

const stored = () => JSON.parse(readFileSync(path, 'utf8')).rungs;

it('a new run keeps what it has chosen, by kind of adapter', () => {
  const own = compile(fakeDevice());
  expect(firstRun().rungs).toEqual({ swiftshader: { [problem(64)]: [own], [problem(32)]: [expect.any(String)] } });
});

it('a resumed run takes the same rungs, and keeps those that it has not needed yet', () => {
  firstRun();
  const { device, kernels } = resumed((text) => text.replaceAll(/\[\n *"[^"]*"\n *\]/g, '["0-naive"]'));
  expect(kernels.note).toBeNull();
  expect(compile(device)).toBe('0-naive');
  expect(kernels.save()).toBeNull();
  expect(stored()).toEqual({ swiftshader: { [problem(64)]: ['0-naive'], [problem(32)]: ['0-naive'] } });
});

it('says once, in one line, which rungs there are no more, and keeps the new ones', () => {
  firstRun();
  const { device, kernels } = resumed((text) => text.replaceAll(/\[\n *"[^"]*"\n *\]/g, '["99-gone"]'));
  const [own] = [compile(device), compile(device, 32)];
  expect(kernels.save()).toBe(
    `kernels of this run cannot be had here and were chosen anew: ${problem(64)} ran 99-gone, now ${own}, and 1 more`,
  );
  expect(kernels.save()).toBeNull();
  expect(stored().swiftshader[problem(64)]).toEqual([own]);
});

it('choices on another kind of adapter do not apply, and are kept', () => {
  const { swiftshader } = firstRun().rungs;
  const { device, kernels } = resumed((text) => text.replace('"swiftshader"', '"nvidia hopper"'));
  expect(kernels.note).toBe("the run's kernels were chosen on nvidia hopper; on swiftshader they are chosen anew");
  compile(device);
  expect(kernels.save()).toBeNull();
  expect(stored()).toEqual({ 'nvidia hopper': swiftshader, swiftshader: { [problem(64)]: [expect.any(String)] } });
});

it('a run that has kept none is told so', () => {
  expect(keepKernelChoices(path, fakeDevice(), true).note).toBe(
    'the run has kept no kernel choices; they are made anew',
  );
});

it.each([
  ['no JSON', (text: string) => text.slice(1)],
  ['another version', (text: string) => text.replace('"version": 1', '"version": 2')],
  ['another format', (text: string) => text.replace('ganvas-kernel-choices', 'recipes')],
  ['rungs that are none', (text: string) => text.replace(/\[\n *"[^"]*"\n *\]/, '7')],
])('%s is refused, and not overwritten', (_, change) => {
  firstRun();
  const refused = () => resumed(change);
  expect(refused).toThrow(FileError);
  expect(refused).toThrow(
    /kernels\.json: expected the kernel choices of a run .*; delete it to have kernels chosen anew/,
  );
});
