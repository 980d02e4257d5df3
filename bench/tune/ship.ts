/** The table that comes with the package, rewritten with what was measured. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { accessFile, writeFileAtomic } from '@ganvas/gan';
import { type RungTable, SHIPPED } from '@ganvas/tensor';
import type { Verdict } from './verdict.ts';

const FILE = fileURLToPath(new URL('../../packages/tensor/src/tuning/shipped.ts', import.meta.url));
const TABLE = /(export const SHIPPED[^\n]*= \{\n)[\s\S]*(\};\n)/;

/**
 * An adapter's table with these verdicts: a key where its family's first rung is not the best, no line where it is; other keys
 * stay as they are.
 */
export function shippedWith(table: RungTable, verdicts: readonly Verdict[]): RungTable {
  const merged = { ...table };
  for (const { key, rung, first } of verdicts) {
    if (rung === first) delete merged[key];
    else merged[key] = rung;
  }
  return merged;
}

/** The text of the file with these tables. */
export function printShipped(file: string, tables: Readonly<Record<string, RungTable>>): string {
  const sorted = <T>(record: Readonly<Record<string, T>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted(tables).flatMap(([adapter, rungs]) => [
    `  '${adapter}': {`,
    ...sorted(rungs).map(([key, rung]) => `    '${key}': '${rung}',`),
    '  },',
  ]);
  return file.replace(TABLE, (_, head: string, tail: string) => `${head}${lines.map((l) => `${l}\n`).join('')}${tail}`);
}

/** @returns the file's path */
export function ship(adapter: string, verdicts: readonly Verdict[]): string {
  const tables = { ...SHIPPED, [adapter]: shippedWith(SHIPPED[adapter] ?? {}, verdicts) };
  const before = accessFile('read', FILE, () => readFileSync(FILE, 'utf8'));
  writeFileAtomic(FILE, printShipped(before, tables));
  return FILE;
}
