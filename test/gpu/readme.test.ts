/** The README's example prints what its comments say. */
import { blocks, readDocument, runDocument } from '../documents.ts';
import { anotherDevice } from './device.ts';

it('prints what stands beside each console.log', async () => {
  const readme = readDocument('README.md');
  const [code] = blocks(readme, 'ts');
  const expected = code!.split('\n').flatMap((line) => /console\.log\(.*; \/\/ (.*)$/.exec(line)?.[1] ?? []);
  expect(expected.length).toBeGreaterThan(3);
  expect(await runDocument(readme, anotherDevice)).toEqual(expected);
});
