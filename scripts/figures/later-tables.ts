/** Tables of measured numbers for chapters 6, 7 and 10. */
import type { Table } from './measured.ts';
import { gapTable, profileTable } from './profile.ts';
import { engines, ladderTable, titled } from './tables.ts';

export const laterTables: Readonly<Record<string, Table>> = {
  'sum-ladder': () => titled(ladderTable('reduce-sum', 'sum 4M')),
  'batch-norm-engines': () => titled(engines('llvmpipe', ['batch-norm 64x14x14x64', 'batch-norm-grad 64x14x14x64'])),
  'adam-engines': () => titled(engines('llvmpipe', ['adam 1M'])),
  'dcgan-profile': profileTable,
  'dcgan-gaps': gapTable,
};
