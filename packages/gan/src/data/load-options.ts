import { constants } from 'node:buffer';
import { FileError } from '../files/file-error.ts';
import type { ImageFormat } from './images.ts';

export interface LoadOptions extends ImageFormat {
  /** What the images may take in memory: a device's largest buffer, say. Default: the longest array there can be. */
  maxBytes?: number;
  /** Is told, in a line each, what is left out or looks odd. */
  note?(line: string): void;
}

/** @throws FileError where `bytes` of images are too many */
export function checkMemory(path: string, bytes: number, { maxBytes = constants.MAX_LENGTH, size }: LoadOptions): void {
  const mebibytes = (n: number) => Math.ceil(n / 2 ** 20).toLocaleString('en');
  if (bytes > maxBytes)
    throw new FileError(
      `${path}: the images take ${mebibytes(bytes)} MiB at ${size}×${size}, of at most ${mebibytes(maxBytes)} MiB that fit; ` +
        'take fewer, or a smaller --size',
    );
}
