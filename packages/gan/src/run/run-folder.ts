/** The files of a run, under one folder. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accessFile, FileError } from '../files/file-error.ts';

export interface RunFolder {
  readonly path: string;
  /** The complete configuration, as JSON. */
  readonly config: string;
  /** A row a step, as a table and as a JSON object a line. */
  readonly metrics: string;
  readonly metricsLines: string;
  /** A row a judgement made while training. */
  readonly judged: string;
  readonly report: string;
  readonly evolution: string;
  /** Chart of the metrics. */
  readonly curves: string;
  /** The last grid of samples. */
  readonly grid: string;
  /** The grid after `step` steps. */
  gridAt(step: number): string;
  /** The grids that are there, in the order of their steps. */
  grids(): { step: number; path: string }[];
  /** The checkpoint that was judged best. */
  readonly best: string;
  checkpointAt(step: number): string;
  /** The checkpoints that are there, the latest last; without the best. */
  checkpoints(): { step: number; path: string }[];
}

const STEP = /^step-(\d+)\.(?:png|safetensors)$/;
const name = (step: number, extension: string) => `step-${String(step).padStart(6, '0')}.${extension}`;

function folderAt(path: string): RunFolder {
  const stepsIn = (folder: string) => {
    const at = join(path, folder);
    const files = existsSync(at) ? accessFile('read', at, () => readdirSync(at)) : [];
    return files
      .filter((file) => STEP.test(file))
      .map((file) => ({ step: Number(STEP.exec(file)![1]), path: join(at, file) }))
      .sort((a, b) => a.step - b.step);
  };
  return {
    path,
    config: join(path, 'config.json'),
    metrics: join(path, 'metrics.csv'),
    metricsLines: join(path, 'metrics.jsonl'),
    judged: join(path, 'judged.csv'),
    report: join(path, 'report.html'),
    evolution: join(path, 'evolution.gif'),
    curves: join(path, 'curves.png'),
    grid: join(path, 'samples.png'),
    gridAt: (step) => join(path, 'grids', name(step, 'png')),
    grids: () => stepsIn('grids'),
    best: join(path, 'best.safetensors'),
    checkpointAt: (step) => join(path, 'checkpoints', name(step, 'safetensors')),
    checkpoints: () => stepsIn('checkpoints'),
  };
}

/** With all folders around it. Not by Node's own `recursive`, which tries forever where the system makes no folders, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

const makeFolders = (path: string): void => {
  for (const folder of ['grids', 'checkpoints']) accessFile('write', path, () => makeFolder(join(path, folder)));
};

/** Makes the folder of a new run; refuses one that holds a run already, be it one that was killed before its first checkpoint. */
export function createRunFolder(path: string): RunFolder {
  const folder = folderAt(path);
  if (existsSync(folder.config) || folder.checkpoints().length > 0)
    throw new FileError(`${path} holds a run already; continue it with --resume ${path}, or choose another --out`);
  makeFolders(path);
  return folder;
}

/**
 * The folder of a run that is to be continued. What a killed process left half-written there is removed: files under temporary
 * names, and pictures of steps after the checkpoint, which come again.
 * @param step that of the checkpoint from which the run goes on
 */
export function resumeRunFolder(path: string, step: number): RunFolder {
  const folder = folderAt(path);
  makeFolders(path);
  for (const at of [path, join(path, 'grids'), join(path, 'checkpoints')]) {
    const left = accessFile('read', at, () => readdirSync(at)).filter((file) => /^\..*\.tmp$/.test(file));
    for (const file of left) accessFile('write', at, () => rmSync(join(at, file), { force: true }));
  }
  for (const later of [...folder.grids(), ...folder.checkpoints()].filter((file) => file.step > step))
    accessFile('write', later.path, () => rmSync(later.path, { force: true }));
  return folder;
}

/** The folder of a run that is to be looked at. */
export function openRunFolder(path: string): RunFolder {
  if (!existsSync(path)) throw new FileError(`${path}: no such folder; expected that of a run`);
  return folderAt(path);
}

/**
 * Which checkpoint a command means by RUN: a file, or the folder of a run, of which it is the latest or the best.
 * @throws FileError where there is none
 */
export function findCheckpoint(run: string, which: 'latest' | 'best' = 'latest'): string {
  if (run.endsWith('.safetensors')) return run;
  const folder = openRunFolder(run);
  if (which === 'best') {
    if (existsSync(folder.best)) return folder.best;
    throw new FileError(`${run} holds no best.safetensors: the run was not judged while it trained (--judge-every)`);
  }
  const latest = folder.checkpoints().at(-1);
  if (latest) return latest.path;
  throw new FileError(`${run} holds no checkpoint (expected checkpoints/step-….safetensors)`);
}
