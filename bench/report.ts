/** What a run of the suite leaves behind, as data. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { accessFile, FileError, writeFileAtomic } from '@ganvas/gan';
import type { MeasuredCeilings } from './ceilings.ts';
import type { Machine } from './machine.ts';

export interface CaseResult {
  case: string;
  /** Who computed it; this engine is `ganvas`. */
  engine: string;
  /** The candidate; `captured` for a program; `op` for another engine. */
  rung: string;
  /** Median and quartiles of one run, milliseconds on `clock`. */
  ms: number;
  p25: number;
  p75: number;
  gflops: number;
  gbps: number;
  /** Share of what the roofline allows, 0 to 1. */
  roofline: number;
  clock: 'gpu' | 'wall';
  /** Median on the host's clock. */
  wall: number;
  /** Milliseconds to compile and run once. */
  compile: number;
  samples: number;
  outliers: number;
}

/** What was asked for and has no time, and why. */
export interface Untimed {
  case: string;
  engine: string;
  rung: string;
  reason: string;
}

export interface Report {
  device: Machine;
  roofline: MeasuredCeilings;
  cases: CaseResult[];
  untimed: Untimed[];
  /** Versions of the other engines that were measured. */
  peers: Record<string, string>;
}

/** To be asked before measuring for minutes. @throws FileError where the folder takes no file */
export function checkWritable(path: string): void {
  accessFile('write', path, () => accessSync(dirname(path), constants.W_OK));
}

/** @throws FileError where the file cannot be written; an older one is then untouched. */
export function writeReport(path: string, report: Report): void {
  writeFileAtomic(path, `${JSON.stringify(report, null, 2)}\n`);
}

/** @throws FileError where the file cannot be read or is no report */
export function readReport(path: string): Report {
  const text = accessFile('read', path, () => readFileSync(path, 'utf8'));
  const report = parsed(text);
  if (!isReport(report))
    throw new FileError(
      `cannot compare with ${path}: it is no report; expected a file written by npm run bench -- --json`,
    );
  return report;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isReport(value: unknown): value is Report {
  if (!isRecord(value) || !isRecord(value.device) || !Array.isArray(value.cases)) return false;
  return value.cases.every(
    (c: unknown) =>
      isRecord(c) &&
      [c.case, c.engine, c.rung].every((x) => typeof x === 'string') &&
      [c.ms, c.p25, c.p75].every((x) => typeof x === 'number' && x > 0),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
