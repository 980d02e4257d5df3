/** What `--data` may say, and what is answered where it says something else. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { DATA_NAMES, parseDataSpec } from '../../../packages/gan/src/data/spec.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();
const file = (name: string): string => {
  writeFileSync(temporary.path(name), '');
  return temporary.path(name);
};

it.each(DATA_NAMES)('knows %s', (kind) => expect(parseDataSpec(kind)).toEqual({ kind }));

it('knows folders and files by what is there', () => {
  const images = file('images');
  expect(parseDataSpec(temporary.path())).toEqual({ kind: 'folder', path: temporary.path() });
  expect(parseDataSpec(images)).toEqual({ kind: 'idx', images, labels: null });
  expect(parseDataSpec(`${images}:labels`)).toEqual({ kind: 'idx', images, labels: 'labels' });
});

it('finds the colon that divides two paths among those within them', () => {
  const images = file('of:three:parts');
  expect(parseDataSpec(images)).toEqual({ kind: 'idx', images, labels: null });
  expect(parseDataSpec(`${images}:a:b`)).toEqual({ kind: 'idx', images, labels: 'a:b' });
  // A drive's letter is neither file nor data, also where a folder happens to be called so.
  mkdirSync(temporary.path('C'));
  const drive = file('C:images');
  expect(parseDataSpec(`${drive}:C:labels`)).toEqual({ kind: 'idx', images: drive, labels: 'C:labels' });
});

const ACCEPTED = 'expected mnist, stacked-mnist, ring, grid, an IDX file (images[:labels]) or a folder of images';
it.each([
  ['mnits', `no such data: mnits; ${ACCEPTED} (did you mean mnist?)`],
  ['Stacked-MNIST', `no such data: Stacked-MNIST; ${ACCEPTED} (did you mean stacked-mnist?)`],
  ['rings', `no such data: rings; ${ACCEPTED} (did you mean ring?)`],
  ['cifar10', `no such data: cifar10; ${ACCEPTED}`],
  ['', `no such data: an empty name; ${ACCEPTED}`],
  ['no/such/folder', `no such data: no/such/folder; ${ACCEPTED}`],
  ['no/such/images:labels', `no such data: no/such/images:labels; ${ACCEPTED}`],
])('refuses %j in one line', (spec, message) => {
  const parse = () => parseDataSpec(spec);
  expect(parse).toThrow(FileError);
  expect(parse).toThrow(new FileError(message));
});

it('refuses labels without a name, and what is neither file nor folder', () => {
  expect(() => parseDataSpec(`${file('images')}:`)).toThrow('no such data');
  if (process.platform !== 'win32')
    expect(() => parseDataSpec('/dev/null')).toThrow('/dev/null: expected a file or a folder, found something else');
});
