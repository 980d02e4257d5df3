/** docs/autodiff.md prints what its program prints; `UPDATE_DOCS=1` writes that anew. */
import { blocks, readDocument, runDocument, updateDocument } from '../documents.ts';
import { anotherDevice } from './device.ts';

const PAGE = 'docs/autodiff.md';

it('prints what its program prints', async () => {
  const printed = await runDocument(readDocument(PAGE), anotherDevice);
  if (process.env.UPDATE_DOCS) updateDocument(PAGE, printed);
  expect(blocks(readDocument(PAGE), 'text')).toEqual(printed);
});

it('the engine for single numbers has sixty lines', () => {
  const [engine] = blocks(readDocument(PAGE), 'ts');
  expect(engine!.split('\n').length).toBeLessThanOrEqual(60);
});
