import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { askedClasses, besideRun, checkOutput, inTurn } from '../../../packages/gan/src/cli/look-options.ts';
import { UsageError } from '../../../packages/gan/src/cli/options.ts';
import { sampleTarget, writeImages } from '../../../packages/gan/src/cli/sample-files.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const { path } = useTemporaryFolder();
const GREY = [2, 2, 1];
const RGB = [2, 2, 3];

describe('askedClasses', () => {
  const animals = { classNames: ['cat', '7', 'dog'] };
  it('takes numbers and names, names first, and all where none are asked for', () => {
    expect(askedClasses('dog, 0,7', { classes: 3 }, animals)).toEqual([2, 0, 1]);
    expect(askedClasses(undefined, { classes: 3 }, animals)).toEqual([0, 1, 2]);
    expect(askedClasses(undefined, { classes: 0 }, { classNames: [] })).toBeNull();
  });
  it.each(['3', 'bird', '', '0,,1', '-1', '1.0', '0x1'])('refuses %j', (list) => {
    const ask = () => askedClasses(list, { classes: 3 }, animals);
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow('expected a number from 0 to 2, or a name of cat, 7, dog');
  });
  it('refuses classes for a generator that is told none', () => {
    expect(() => askedClasses('3', { classes: 0 }, { classNames: [] })).toThrow('is told no classes');
  });
  it('goes through them in turn', () => {
    expect(inTurn([4, 2], 5)).toEqual(Uint32Array.of(4, 2, 4, 2, 4));
    expect(inTurn(null, 5)).toBeNull();
  });
});

it('writes into the run’s folder, also where a checkpoint in it is given', () => {
  expect(besideRun('runs/a', 'x.png')).toBe('runs/a/x.png');
  expect(besideRun('runs/a/best.safetensors', 'x.png')).toBe('runs/a/x.png');
  expect(besideRun('runs/a/checkpoints/step-000100.safetensors', 'x.png')).toBe('runs/a/x.png');
  expect(besideRun('best.safetensors', 'x.png')).toBe('x.png');
});

describe('checkOutput', () => {
  it('knows the extensions, and whether the folder is there', () => {
    writeFileSync(path('file'), '');
    expect(() => checkOutput('--out', path('x.png'), ['.png', '.gif'])).not.toThrow();
    expect(() => checkOutput('--out', path('x.jpg'), ['.png', '.gif'])).toThrow(
      /expected a file that ends in .png or .gif/,
    );
    expect(() => checkOutput('--out', path('missing/x.png'), ['.png'])).toThrow(/cannot write .*no such file.*ENOENT/);
    expect(() => checkOutput('--out', path('file/x.png'), ['.png'])).toThrow(/cannot write .*ENOTDIR/);
  });
  // Root may write everywhere.
  (process.getuid?.() === 0 ? it.skip : it)('knows whether it may write there', () => {
    mkdirSync(path('closed'));
    chmodSync(path('closed'), 0o500);
    expect(() => checkOutput('--out', path('closed/x.png'), ['.png'])).toThrow(/permission denied/);
  });
});

describe('sampleTarget', () => {
  it('goes by the name', () => {
    mkdirSync(path('there.png'));
    expect(sampleTarget(path('x.png'), GREY)).toEqual({ kind: 'png', path: path('x.png') });
    expect(sampleTarget(path('x.idx3-ubyte'), GREY).kind).toBe('idx');
    expect(sampleTarget(path('x-images-idx4-ubyte'), RGB).kind).toBe('idx');
    expect(sampleTarget(path('new/'), RGB)).toEqual({ kind: 'folder', path: path('new') });
    expect(sampleTarget(path('there.png'), GREY)).toEqual({ kind: 'folder', path: path('there.png') });
    expect(sampleTarget(path('x.csv'), [2]).kind).toBe('csv');
    expect(sampleTarget(path('x.png'), [2]).kind).toBe('png');
  });
  it.each<[string, number[], string]>([
    ['x', GREY, 'expected x.png, x.idx3-ubyte (of grey images) or folder/'],
    ['x.jpg', GREY, 'expected x.png'],
    ['x.csv', GREY, 'expected x.png'],
    ['x.idx4-ubyte', GREY, 'x.idx3-ubyte (of grey images)'],
    ['x.idx3-ubyte', RGB, 'x.idx4-ubyte (of RGB images)'],
    ['x.idx3-ubyte', [2], 'expected x.png or x.csv, for points'],
    ['folder/', [2], 'expected x.png or x.csv, for points'],
  ])('refuses %s for examples of %j', (name, example, message) => {
    expect(() => sampleTarget(path(name), example)).toThrow(UsageError);
    expect(() => sampleTarget(path(name), example)).toThrow(message);
  });
  it('refuses a folder that holds something, and one in a folder that is not there', () => {
    mkdirSync(path('full/of'), { recursive: true });
    expect(() => sampleTarget(path('full/'), GREY)).toThrow(FileError);
    expect(() => sampleTarget(path('full/'), GREY)).toThrow('is not empty');
    expect(() => sampleTarget(path('a/b/'), GREY)).toThrow('ENOENT');
    expect(() => sampleTarget(path('a/b.png'), GREY)).toThrow('ENOENT');
  });
});

it('leaves nothing where a folder of samples cannot be finished', () => {
  const values = new Float32Array(8);
  const images = { values, count: 2, height: 2, width: 2, channels: 1, labels: null, classNames: [] } as const;
  writeFileSync(path('taken'), 'mine');
  expect(() => writeImages({ kind: 'folder', path: path('taken') }, images, 1)).toThrow(FileError);
  expect(() => writeImages({ kind: 'folder', path: path('missing/x') }, images, 1)).toThrow(FileError);
  expect(readdirSync(path())).toEqual(['taken']);
  expect(readFileSync(path('taken'), 'utf8')).toBe('mine');
});
