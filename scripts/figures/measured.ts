/**
 * Numbers of the benchmark in pages of docs. A page names a table, and what stands between its markers is written anew:
 *
 *     <!-- from bench/results: costs -->
 *     ...
 *     <!-- end -->
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type Report, readReport } from '../../bench/report.ts';
import { ROOT } from './root.ts';

/** Where tables stand: the chapters of the book, and the page on other engines. */
export const PAGES: readonly string[] = [
  ...readdirSync(`${ROOT}docs/book`).flatMap((file) => (file.endsWith('.md') ? `docs/book/${file}` : [])),
  'docs/peers.md',
];

/** A table's lines of Markdown. */
export type Table = () => readonly string[];

const BLOCK = /(<!-- from bench\/results: ([a-z0-9-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** @throws Error where the page names a table that there is not */
export const writeMeasured = (page: string, tables: Readonly<Record<string, Table>>): string =>
  page.replace(BLOCK, (_, begin: string, name: string, end: string) => {
    const table = tables[name];
    if (!table) throw new Error(`figures: no table ${name}; there are ${Object.keys(tables).join(', ')}`);
    return `${begin}${table().join('\n')}\n${end}`;
  });

/** What the suite measured on a software adapter, on one processor or another. */
export const resultsOf = (adapter: 'llvmpipe' | 'llvmpipe-zen3' | 'swiftshader'): Report =>
  readReport(`${ROOT}bench/results/${adapter}.json`);

/** The README of a kernel family in the gallery, which holds the measured ladders. */
export const galleryReadme = (family: string): string =>
  readFileSync(`${ROOT}packages/kernels-wgsl/gallery/${family}/README.md`, 'utf8');

/** Lines of a Markdown table; the first column is text, the others are numbers. */
export const markdownTable = (titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${titles.join(' | ')} |`,
  `|${titles.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`,
  ...rows.map((cells) => `| ${cells.join(' | ')} |`),
];
