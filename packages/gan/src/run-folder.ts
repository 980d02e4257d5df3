/** The files of a run, under one folder. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { accessFile, FileError } from './files/file-error.ts';

export interface RunFolder {
  path: string;
  checkpoint: string;
  /** Which kernels the run was made with. */
  kernels: string;
  losses: string;
  lossChart: string;
  /** Generated digits in MNIST's own file format. */
  samples: string;
  /** The last grid of samples. */
  grid: string;
  /** The grid after `step` steps. */
  gridAt(step: number): string;
}

const folderAt = (path: string): RunFolder => ({
  path,
  checkpoint: join(path, 'checkpoint.safetensors'),
  kernels: join(path, 'kernels.json'),
  losses: join(path, 'loss.csv'),
  lossChart: join(path, 'loss.png'),
  samples: join(path, 'samples.idx3-ubyte'),
  grid: join(path, 'samples.png'),
  gridAt: (step) => join(path, 'grids', `step-${String(step).padStart(6, '0')}.png`),
});

/** Makes the folder of a new run; refuses one that holds a run already. */
export function createRunFolder(path: string): RunFolder {
  const folder = folderAt(path);
  if (existsSync(folder.checkpoint)) {
    throw new FileError(`${path} holds a run already; continue it with --resume ${path}, or choose another --out`);
  }
  accessFile('write', path, () => mkdirSync(join(path, 'grids'), { recursive: true }));
  return folder;
}

/** The folder of a run that is to be continued. */
export function openRunFolder(path: string): RunFolder {
  const folder = folderAt(path);
  if (!existsSync(folder.checkpoint)) throw new FileError(`${path} holds no checkpoint.safetensors to resume from`);
  accessFile('write', path, () => mkdirSync(join(path, 'grids'), { recursive: true }));
  return folder;
}
