/** A table of numbers that grows by a row a step, readable at any moment and continued after an interruption. */
import { existsSync, readFileSync } from 'node:fs';
import { openAppend } from './append.ts';
import { writeFileAtomic } from './atomic.ts';
import { accessFile, FileError } from './file-error.ts';

export interface CsvLog<Column extends string> {
  /** Adds a row; when this returns, the operating system has it. On a full disk the file keeps only whole rows. */
  append(row: Record<Column, number>): void;
  /** Waits until the disk has every row. */
  sync(): void;
  close(): void;
}

/**
 * Opens a CSV file to append to. The first column counts upwards (the step).
 * @param resumeFrom keep the rows of an existing file up to and including this step, drop later ones. Without it a new file
 *   begins, in place of any old one.
 * @throws FileError where the file cannot be written, or is to be continued and has other columns or no numbers.
 */
export function openCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
  { resumeFrom }: { resumeFrom?: number } = {},
): CsvLog<Column> {
  const rows = resumeFrom !== undefined && existsSync(path) ? readCsv(path, columns) : [];
  const kept = rows.filter((row) => row[columns[0]!] <= resumeFrom!);
  writeFileAtomic(path, [columns.join(','), ...kept.map((row) => csvLine(columns, row)), ''].join('\n'));
  const file = openAppend(path);
  return { ...file, append: (row) => file.append(`${csvLine(columns, row)}\n`) };
}

/** All rows of a file that `openCsv` wrote. A last line without its line break, left by a killed process, does not count. */
export function readCsv<Column extends string>(path: string, columns: readonly Column[]): Record<Column, number>[] {
  const [header, ...lines] = accessFile('read', path, () => readFileSync(path, 'utf8'))
    .split('\n')
    .slice(0, -1);
  if (header !== columns.join(','))
    throw new FileError(`${path}: expected the columns "${columns.join(',')}", found "${header ?? ''}"`);
  return lines.map((line, i) => {
    const cells = line.split(',');
    const numbers = cells.map(Number);
    const foreign = cells.some((cell, c) => cell === '' || (Number.isNaN(numbers[c]) && cell !== 'NaN'));
    if (foreign || cells.length !== columns.length)
      throw new FileError(`${path}: line ${i + 2}: expected ${columns.length} numbers, found "${line}"`);
    return Object.fromEntries(columns.map((column, c) => [column, numbers[c]!])) as Record<Column, number>;
  });
}

const csvLine = <Column extends string>(columns: readonly Column[], row: Record<Column, number>) =>
  columns.map((column) => shortest(row[column])).join(',');

/** The fewest digits that give back the same float32; whole numbers (steps, epochs) in full. */
export function shortest(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const target = Math.fround(value);
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => Math.fround(Number(target.toPrecision(n))) === target);
  return String(Number(target.toPrecision(digits)));
}
