/** The programs of the pages under docs run, and print what the pages say; `UPDATE_DOCS=1` writes that anew. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOnnx } from '@ganvas/gan';
import type { Device } from '@ganvas/tensor';
import { blocks, PREPARED, programOf, ROOT, readDocument, runDocument, updateDocument } from '../documents.ts';
import { anotherDevice, useDevice } from './device.ts';
import { EXPORT_CASES, openCase } from './gan/export-cases.ts';

const device = useDevice();
/** Pages that other tests run: on a device in name only, and where an adapter has 16-bit tensors (engine/f16.test.ts). */
const ELSEWHERE = [...PREPARED, 'docs/mixed-precision.md'];
const PAGES = readdirSync(join(ROOT, 'docs'))
  .map((file) => `docs/${file}`)
  .filter((path) => path.endsWith('.md') && blocks(readDocument(path), 'ts').length > 0 && !ELSEWHERE.includes(path));

it('sees the pages', () => {
  expect(PAGES).toEqual(expect.arrayContaining(['docs/capture.md', 'docs/devices.md', 'docs/judging.md']));
});

async function printedBy(path: string): Promise<string[]> {
  const opened: Device[] = [];
  try {
    return await runDocument(readDocument(path), async () => {
      const one = await anotherDevice();
      opened.push(one);
      return one;
    });
  } finally {
    for (const one of opened) one.close();
  }
}

it.each(PAGES)('%s prints what its program prints', async (path) => {
  const printed = await printedBy(path);
  const shown = blocks(readDocument(path), 'text');
  // What differs from machine to machine is not shown: then it is enough that something is printed.
  if (shown.length === 0) expect(printed).toEqual([expect.stringMatching(/\w/)]);
  else if (process.env.UPDATE_DOCS) updateDocument(path, printed);
  else expect(shown).toEqual(printed);
});

const RUNTIME = join(ROOT, 'test/onnxruntime/node_modules');
const itRuns = existsSync(join(RUNTIME, 'onnxruntime-node')) ? it : it.skip;

itRuns('docs/export.md makes images of ten classes with onnxruntime-node', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-docs-'));
  try {
    const { generator } = openCase(device(), EXPORT_CASES.cgan!);
    writeFileSync(join(folder, 'generator.onnx'), await encodeOnnx(generator, EXPORT_CASES.cgan!));
    const program = `${programOf(readDocument('docs/export.md'), 'js')}\nconsole.log(images.dims.join());`;
    writeFileSync(join(folder, 'program.mjs'), program);
    symlinkSync(RUNTIME, join(folder, 'node_modules'));
    const printed = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(printed).toBe('10,3,16,16\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
