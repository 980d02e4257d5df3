/**
 * What the documents say of the code, held against the code: links, commands, options, presets, and the printed output of their
 * programs. `UPDATE_DOCS=1 npm test -- --testPathPatterns pure/docs` writes that output anew.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PRESETS } from '@ganvas/gan';
import { type Device, setDefaultDevice } from '@ganvas/tensor';
import { dcganHelp } from '../../packages/gan/src/cli/options.ts';
import { blocks, ROOT, readDocument, runDocument, updateDocument } from '../documents.ts';
import { fakeDevice } from './compile/fake-device.ts';

const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((f) => (f.endsWith('.md') ? `docs/${f}` : [])),
];

/** A device that also makes pipelines and bind groups, in name only: a step can be prepared on it. */
function preparingDevice(): Device {
  const device = fakeDevice();
  const pass = { setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} };
  Object.assign(device.gpu, {
    createCommandEncoder: () => ({ copyBufferToBuffer() {}, beginComputePass: () => pass, finish: () => ({}) }),
    createShaderModule: () => ({}),
    createComputePipelineAsync: async () => ({ getBindGroupLayout: () => ({}) }),
    createBindGroup: () => ({}),
  });
  setDefaultDevice(device);
  return device;
}

it('sees the documents', () => {
  expect(DOCUMENTS).toEqual(
    expect.arrayContaining(['README.md', 'docs/architecture.md', 'docs/devices.md', 'docs/training.md']),
  );
});

it.each(DOCUMENTS)('%s links to what exists', (path) => {
  const targets = Array.from(readDocument(path).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g), (m) => m[1]!);
  const missing = targets.filter((t) => !/^https?:/.test(t) && !existsSync(join(ROOT, dirname(path), t)));
  expect(missing).toEqual([]);
});

it.each(DOCUMENTS)('%s names scripts that exist', (path) => {
  const scripts = Object.keys((JSON.parse(readDocument('package.json')) as { scripts: object }).scripts);
  const named = Array.from(readDocument(path).matchAll(/npm (?:run )?(test|(?<=run )[a-z:]+)/g), (m) => m[1]!);
  expect(scripts).toEqual(expect.arrayContaining(named));
});

it('README.md lists the options of npm run dcgan, all of them and no other', () => {
  const flags = (text: string, line: RegExp) => Array.from(text.matchAll(line), (m) => m[1]!).sort();
  expect(flags(readDocument('README.md'), /^\| `(--[a-z-]+)/gm)).toEqual(
    flags(dcganHelp(), /^ {2}(?:-h, )?(--[a-z-]+)/gm),
  );
});

it('docs/training.md has the presets as they are', () => {
  const rows = readDocument('docs/training.md').matchAll(/^\| `(quick|standard|paper)` \| (.*) \|$/gm);
  const table = Object.fromEntries(
    Array.from(rows, ([, name, cells]) => [name, cells!.split(' | ').map((cell) => Number(cell.replace(',', '')))]),
  );
  const { quick, standard, paper } = PRESETS;
  const cells = ({ size, width, batch, lr, steps }: typeof quick) => [size, width, batch, lr, steps];
  expect(table).toEqual({ quick: cells(quick), standard: cells(standard), paper: cells(paper) });
});

it.each(['docs/architecture.md', 'docs/compiler.md'])('%s prints what its program prints', async (path) => {
  const printed = await runDocument(readDocument(path), async () => preparingDevice());
  if (process.env.UPDATE_DOCS) updateDocument(path, printed);
  expect(blocks(readDocument(path), 'text')).toEqual(printed);
});
