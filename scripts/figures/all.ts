/** Every figure of the book, and every table of measured numbers in it. */
import type { Figure } from './figure.ts';
import type { Table } from './measured.ts';

export const FIGURES: readonly Figure[] = [];

export const TABLES: Readonly<Record<string, Table>> = {};
