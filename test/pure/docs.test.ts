/**
 * What the documents say of the code, held against the code: links, commands, options, presets, and the printed output of their
 * programs. `UPDATE_DOCS=1 npm test -- --testPathPatterns pure/docs` writes that output anew.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { completeConfig, type PresetName } from '@ganvas/gan';
import { type Device, setDefaultDevice } from '@ganvas/tensor';
import { trainHelp } from '../../packages/gan/src/cli/train-options.ts';
import { LOSS_NAMES, MODEL_NAMES } from '../../packages/gan/src/config.ts';
import { DATA_NAMES } from '../../packages/gan/src/data/spec.ts';
import { PRESET_NAMES } from '../../packages/gan/src/presets.ts';
import { blocks, PREPARED, ROOT, readDocument, runDocument, updateDocument } from '../documents.ts';
import { fakeDevice } from './compile/fake-device.ts';

const DOCUMENTS = [
  'README.md',
  ...['docs', 'docs/book'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).flatMap((file) => (file.endsWith('.md') ? `${folder}/${file}` : [])),
  ),
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

const flags = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g), ([flag]) => flag)),
];
const section = (path: string, title: string): string =>
  readDocument(path)
    .split(/^## /m)
    .find((text) => text.startsWith(title))!;

it('README.md and docs/training.md name options of gan train that exist', () => {
  const known = flags(trainHelp());
  for (const text of [
    section('README.md', 'Training a GAN'),
    readDocument('docs/training.md').replaceAll(/```sh[\s\S]*?```/g, ''),
  ]) {
    expect(flags(text).length).toBeGreaterThan(15);
    expect(known).toEqual(expect.arrayContaining(flags(text)));
  }
});

it('README.md, docs/training.md and docs/data.md know every model, loss and name of data', () => {
  for (const name of [...MODEL_NAMES, ...LOSS_NAMES, ...DATA_NAMES])
    expect(section('README.md', 'Training a GAN')).toContain(`\`${name}\``);
  const rows = (title: string) =>
    Array.from(section('docs/training.md', title).matchAll(/^\| `([a-z][a-z-]*)` \|/gm), (row) => row[1]);
  expect(rows('Models')).toEqual(MODEL_NAMES);
  expect(rows('Losses')).toEqual(LOSS_NAMES);
});

it('docs/training.md has the presets as they are', () => {
  const rows = readDocument('docs/training.md').matchAll(/^\| `(quick|standard|paper)` \| (.*) \|$/gm);
  const table = Object.fromEntries(
    Array.from(rows, ([, name, cells]) => [name, cells!.split(' | ').map((cell) => Number(cell.replace(',', '')))]),
  );
  const cells = (preset: PresetName) => {
    const { size, width, batch, lrG, lrD, ema, steps } = completeConfig({ model: 'dcgan' }, preset);
    expect(lrG).toBe(lrD);
    return [size, width, batch, lrG, ema, steps];
  };
  expect(table).toEqual(Object.fromEntries(PRESET_NAMES.map((name) => [name, cells(name)])));
});

it.each(PREPARED)('%s prints what its program prints', async (path) => {
  const printed = await runDocument(readDocument(path), async () => preparingDevice());
  if (process.env.UPDATE_DOCS) updateDocument(path, printed);
  expect(blocks(readDocument(path), 'text')).toEqual(printed);
});
