/** Measurements as JSON Lines: an object of numbers a line, each with a `step`. Unlike a table's, the names may differ from line to line. */
import { existsSync, readFileSync } from 'node:fs';
import { openAppend } from './append.ts';
import { writeFileAtomic } from './atomic.ts';
import { shortest } from './csv.ts';
import { accessFile, FileError } from './file-error.ts';

/** Numbers by name, at a step of the run. */
export type Measurement = { step: number } & Record<string, number>;

export interface JsonLog {
  /** Adds a line; when this returns, the operating system has it. On a full disk the file keeps only whole lines. */
  append(row: Measurement): void;
  /** Waits until the disk has every line. */
  sync(): void;
  close(): void;
}

/**
 * Opens a file of JSON Lines to append to. Numbers get the digits of a float32; what is not finite becomes null.
 * @param resumeFrom keep the lines of an existing file up to and including this step, drop later ones. Without it a new file
 *   begins, in place of any old one.
 * @throws FileError where the file cannot be written, or is to be continued and holds something else.
 */
export function openJsonl(path: string, { resumeFrom }: { resumeFrom?: number } = {}): JsonLog {
  const rows = resumeFrom !== undefined && existsSync(path) ? readJsonl(path) : [];
  const kept = rows.filter(({ step }) => step <= resumeFrom!);
  writeFileAtomic(path, kept.map(jsonLine).join(''));
  const file = openAppend(path);
  return { ...file, append: (row) => file.append(jsonLine(row)) };
}

/**
 * All lines of a file that `openJsonl` wrote; null comes back as NaN. A last line without its line break, left by a killed
 * process, does not count.
 */
export function readJsonl(path: string): Measurement[] {
  const lines = accessFile('read', path, () => readFileSync(path, 'utf8'))
    .split('\n')
    .slice(0, -1);
  return lines.map((line, i) => {
    const row = parseLine(line);
    if (row) return row;
    throw new FileError(
      `${path}: line ${i + 1}: expected a JSON object of numbers with a step, found "${line.slice(0, 80)}"`,
    );
  });
}

const jsonLine = (row: Measurement): string => {
  const cells = Object.entries(row).map(([name, value]) => [
    name,
    Number.isFinite(value) ? Number(shortest(value)) : null,
  ]);
  return `${JSON.stringify(Object.fromEntries(cells))}\n`;
};

function parseLine(line: string): Measurement | null {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return null;
  const cells = Object.entries(row).map(([name, value]): [string, unknown] => [name, value ?? Number.NaN]);
  const { step, ...others } = Object.fromEntries(cells);
  if (!Number.isFinite(step) || Object.values(others).some((value) => typeof value !== 'number')) return null;
  return { step, ...others } as Measurement;
}
