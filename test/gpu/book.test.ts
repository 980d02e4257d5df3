/** The chapters of the book print what their programs print; `UPDATE_DOCS=1` writes that anew. */
import { readdirSync } from 'node:fs';
import { blocks, PREPARED, ROOT, readDocument, runDocument, updateDocument } from '../documents.ts';
import { anotherDevice } from './device.ts';

const CHAPTERS = readdirSync(`${ROOT}docs/book`).flatMap((file) => (/^\d/.test(file) ? `docs/book/${file}` : []));

it('sees the chapters', () => {
  expect(CHAPTERS).toContain('docs/book/01-derivatives.md');
});

it.each(CHAPTERS.filter((path) => !PREPARED.includes(path)))('%s prints what its program prints', async (path) => {
  const printed = await runDocument(readDocument(path), anotherDevice);
  if (process.env.UPDATE_DOCS) updateDocument(path, printed);
  expect(blocks(readDocument(path), 'text')).toEqual(printed);
});

it('the engine for single numbers has sixty lines', () => {
  const [engine] = blocks(readDocument('docs/book/01-derivatives.md'), 'ts');
  expect(engine!.split('\n').length).toBeLessThanOrEqual(60);
});
