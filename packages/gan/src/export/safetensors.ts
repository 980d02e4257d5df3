/** Nets as safetensors files of PyTorch's state dicts: see `torch-state.ts`. */
import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../files/atomic.ts';
import { accessFile } from '../files/file-error.ts';
import { decodeSafetensors } from '../files/safetensors.ts';
import type { Nets } from '../models/create.ts';
import {
  type ExportAbout,
  encodeTorchState,
  type ImportedState,
  type NetName,
  restoreTorchState,
} from './torch-state.ts';

export type { ExportAbout, ImportedState, NetName };

/**
 * Writes one of the nets, whole or not at all.
 * @throws FileError where the file cannot be written
 */
export async function exportSafetensors(path: string, nets: Nets, which: NetName, about: ExportAbout): Promise<void> {
  writeFileAtomic(path, await encodeTorchState(nets, which, about));
}

/** The strings that the writer of a safetensors file put into its header. */
export const readMetadata = (path: string): Readonly<Record<string, string>> =>
  decodeSafetensors(read(path), path).metadata;

/**
 * Puts a PyTorch state dict into one of the nets: the inverse of `exportSafetensors`. What PyTorch has no name for (a dropout's random
 * numbers) stays as it is.
 * @throws FileError that lists what is missing, unknown or of another shape or type; the net is then as it was
 */
export const importSafetensors = (path: string, nets: Nets, which: NetName): ImportedState =>
  restoreTorchState(read(path), path, nets, which);

const read = (path: string): Uint8Array => accessFile('read', path, () => readFileSync(path));
