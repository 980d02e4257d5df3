/** Every figure of the book, and every table of measured numbers in it and beside it. */
import { adamSteps } from './adam.ts';
import { compiled } from './compiled.ts';
import { convolution } from './convolution.ts';
import { derivatives } from './derivatives.ts';
import { dispatch } from './dispatch.ts';
import type { Figure } from './figure.ts';
import { ganCollapse } from './gan-collapse.ts';
import { laterTables } from './later-tables.ts';
import { matmul } from './matmul.ts';
import type { Table } from './measured.ts';
import { peerTables } from './peer-ratios.ts';
import { profiled } from './profile.ts';
import { reductions } from './reductions.ts';
import { chapterTables } from './tables.ts';
import { transposed } from './transposed.ts';

export const FIGURES: readonly Figure[] = [
  ...derivatives,
  ...dispatch,
  ...matmul,
  ...convolution,
  ...transposed,
  ...reductions,
  ...adamSteps,
  ...compiled,
  ...ganCollapse,
  ...profiled,
];

export const TABLES: Readonly<Record<string, Table>> = { ...chapterTables, ...laterTables, ...peerTables };
