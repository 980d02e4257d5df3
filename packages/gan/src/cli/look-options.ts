/** What the commands that look at a run ask alike: seeds, amounts, truncation, classes, and where to write. */
import { accessSync, constants, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { accessFile } from '../files/file-error.ts';
import type { DataSummary } from '../run/checkpoint.ts';
import { UsageError, whole } from './options.ts';

/** Seeds beyond the last one that can be given stay whole numbers. */
const LAST_SEED = 2 ** 48;
/** A smaller truncation draws nearly all numbers anew. */
const LEAST_TRUNCATION = 0.1;

/** A whole number from `min` to `max`. */
export function within(min: number, max: number) {
  return (text: string): number => {
    const value = whole(min)(text);
    if (value > max) throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    return value;
  };
}

export const aSeed = within(0, LAST_SEED);

export const seedOption = () =>
  new Option('--seed <n>', 'sample i, counted from 0, is that of seed n + i').argParser(aSeed).default(1);

export const truncationOption = () =>
  new Option('--truncation <t>', `draw numbers of z beyond ±t anew, t ≥ ${LEAST_TRUNCATION}`).argParser((text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= LEAST_TRUNCATION && value < Number.POSITIVE_INFINITY))
      throw new InvalidArgumentError(`Expected a number ≥ ${LEAST_TRUNCATION}, like 0.7.`);
    return value;
  });

export const classOption = () =>
  new Option('--class <list>', 'of a conditional run: these classes in turn, by number or name (default: all)');

/**
 * The classes that are asked for in turn.
 * @param list of `--class`: numbers or names, between commas
 * @returns null for a generator that is told no classes
 * @throws UsageError for a class that the run does not have
 */
export function askedClasses(
  list: string | undefined,
  generator: { classes: number },
  { classNames }: Pick<DataSummary, 'classNames'>,
): number[] | null {
  const { classes } = generator;
  if (classes === 0) {
    if (list === undefined) return null;
    throw new UsageError(`--class ${list}: this run's generator is told no classes; leave --class out`);
  }
  if (list === undefined) return Array.from({ length: classes }, (_, i) => i);
  return list.split(',').map((word) => {
    const named = classNames.indexOf(word.trim());
    const number = named >= 0 ? named : /^\s*\d+\s*$/.test(word) ? Number(word) : classes;
    if (number < classes) return number;
    const some = classNames.slice(0, 12).join(', ');
    throw new UsageError(
      `--class ${list}: no class "${word}"; expected a number from 0 to ${classes - 1}` +
        `${some && `, or a name of ${some}${classNames.length > 12 ? ', …' : ''}`}`,
    );
  });
}

/** Labels [count] that go through the classes in turn. */
export const inTurn = (asked: readonly number[] | null, count: number): Uint32Array | null =>
  asked && Uint32Array.from({ length: count }, (_, i) => asked[i % asked.length]!);

/** Where a command writes when nothing is said: into the run's folder. @param run as the user gave it */
export function besideRun(run: string, name: string): string {
  if (!run.endsWith('.safetensors')) return join(run, name);
  const folder = dirname(run);
  return join(basename(folder) === 'checkpoints' ? dirname(folder) : folder, name);
}

/**
 * Says before the work what would only be known after it.
 * @param extensions like `.png`, of which `path` must have one
 * @throws UsageError for another extension; FileError where the folder is not there, or nobody may write in it
 */
export function checkOutput(flag: string, path: string, extensions: readonly string[]): void {
  if (!extensions.includes(extname(path)))
    throw new UsageError(`${flag} ${path}: expected a file that ends in ${extensions.join(' or ')}`);
  checkFolder(path);
}

/** @throws FileError where the folder that `path` lies in is not there, or nobody may write in it */
export function checkFolder(path: string): void {
  const folder = dirname(path);
  accessFile('write', path, () => {
    statSync(`${folder}/.`); // a file in place of the folder is found out too
    accessSync(folder, constants.W_OK);
  });
}
