/** Trained classifiers as files. */
import { readFileSync } from 'node:fs';
import type { Device } from '@ganvas/tensor';
import { writeFileAtomic } from '../files/atomic.ts';
import { accessFile } from '../files/file-error.ts';
import { decodeClassifier, encodeClassifier, type TrainedClassifier } from './classifier-codec.ts';

/**
 * Writes weights, running statistics and the features' statistics, whole or not at all.
 * @param about what else its metadata say: how it was trained, how well it does
 */
export async function saveClassifier(
  path: string,
  trained: TrainedClassifier,
  about: Record<string, string>,
): Promise<void> {
  writeFileAtomic(path, await encodeClassifier(trained, about));
}

/**
 * A classifier as `saveClassifier` left it.
 * @throws FileError with the reason: unreadable, damaged, or no such file
 */
export function loadClassifier(path: string, device: Device): TrainedClassifier {
  const bytes = accessFile('read', path, () => readFileSync(path));
  return decodeClassifier(bytes, path, device);
}
