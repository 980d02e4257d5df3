import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readIdx, writeIdx } from '../../../packages/gan/src/data/idx.ts';
import { loadMnist } from '../../../packages/gan/src/data/mnist.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();
const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);
/** A 2×3 file, byte by byte. */
const SMALL = bytesOf(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60);

describe('idx', () => {
  it('reads the format byte by byte, and writes it so', () => {
    writeFileSync(temporary.path('small'), SMALL);
    const { dims, data } = readIdx(temporary.path('small'));
    expect(dims).toEqual([2, 3]);
    expect([...data]).toEqual([10, 20, 30, 40, 50, 60]);
    writeIdx(temporary.path('again'), dims, data);
    expect(new Uint8Array(readFileSync(temporary.path('again')))).toEqual(SMALL);
  });

  it('reads back what it wrote, of any rank, plain or gzipped', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), (dims) => {
        const data = Uint8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i * 37);
        const plain = temporary.path('plain');
        writeIdx(plain, dims, data);
        writeFileSync(`${plain}.gz`, gzipSync(readFileSync(plain)));
        for (const file of [plain, `${plain}.gz`]) {
          const read = readIdx(file);
          expect(read.dims).toEqual(dims);
          expect([...read.data]).toEqual([...data]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['empty', bytesOf(), /expected an IDX file, found an empty file/],
    ['cut in the magic number', SMALL.slice(0, 3), /found the bytes 00 00 08/],
    ['foreign', new TextEncoder().encode('PK\x03\x04 something'), /begins 00 00 08\), found the bytes 50 4b 03 04/],
    ['of floats', bytesOf(0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0), /unsigned bytes .* found the bytes 00 00 0d 01/],
    ['cut in the header', SMALL.slice(0, 11), /expected 12 bytes of header for 2 dimensions, found 11 bytes/],
    ['cut short', SMALL.slice(0, 17), /expected 2×3 = 6 bytes of data, as its header says, found 5/],
    ['too long', bytesOf(...SMALL, 0), /expected 2×3 = 6 bytes of data, as its header says, found 7/],
    ['a cut gzip', gzipSync(SMALL).subarray(0, 20), /expected a whole gzip file, found a damaged one/],
  ])('refuses a file that is %s', (_, bytes, message) => {
    writeFileSync(temporary.path('bad'), bytes);
    const read = () => readIdx(temporary.path('bad'));
    expect(read).toThrow(FileError);
    expect(read).toThrow(message);
    expect(read).toThrow(temporary.path('bad'));
  });

  it('names a missing file', () => {
    expect(() => readIdx(temporary.path('none'))).toThrow(
      `cannot read ${temporary.path('none')}: no such file or directory (ENOENT)`,
    );
  });

  it('refuses to write dimensions that do not fit the data', () => {
    expect(() => writeIdx(temporary.path('bad'), [2, 2], bytesOf(1, 2, 3))).toThrow('2×2 = 4 bytes, got 3');
    expect(readdirSync(temporary.path())).toEqual([]);
  });
});

describe('loadMnist', () => {
  it('finds the real digits', () => {
    const { images, labels, count, height, width } = loadMnist('train');
    expect([count, height, width, images.length, labels.length]).toEqual([60000, 28, 28, 60000 * 28 * 28, 60000]);
    expect([...labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    // The mean and deviation that every MNIST tutorial normalises with.
    const mean = images.reduce((a, b) => a + b, 0) / images.length / 255;
    const square = images.reduce((a, b) => a + b * b, 0) / images.length / 255 ** 2;
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(square - mean ** 2)).toBeCloseTo(0.3081, 4);
    expect(loadMnist('test').count).toBe(10000);
  });

  it.each([
    ['labels of another number', [2, 2, 2], [3], 0, /labels-idx1-ubyte: expected 2 labels, found dimensions \[3\]/],
    [
      'images without height',
      [2, 4],
      [2],
      0,
      /images-idx3-ubyte: expected images \[n, height, width\] or .*, found dimensions \[2, 4\]/,
    ],
    ['a foreign label', [2, 2, 2], [2], 10, /expected labels 0 to 9, found 10/],
  ])('refuses %s', (_, imageDims, labelDims, label, message) => {
    const product = (dims: number[]) => dims.reduce((a, b) => a * b, 1);
    writeIdx(temporary.path('t10k-images-idx3-ubyte'), imageDims, new Uint8Array(product(imageDims)));
    writeIdx(temporary.path('t10k-labels-idx1-ubyte'), labelDims, new Uint8Array(product(labelDims)).fill(label));
    expect(() => loadMnist('test', temporary.path())).toThrow(message);
  });
});
