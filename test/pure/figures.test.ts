/** The figures and measured tables of the book are what their scripts make; `npm run figures` writes them anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { FIGURES, TABLES } from '../../scripts/figures/all.ts';
import { PAGES, writeMeasured } from '../../scripts/figures/measured.ts';
import { ROOT, readDocument } from '../documents.ts';

const IMAGES = 'docs/images/book/';
const files = (drawn: boolean) => FIGURES.flatMap(({ file, trained }) => (drawn === !trained ? [file] : []));

it.each(FIGURES.filter(({ trained }) => !trained).map((figure) => [figure.file, figure] as const))(
  '%s is as drawn',
  async (file, { draw }) => {
    expect(readFileSync(`${ROOT}${IMAGES}${file}`).equals(Buffer.from(await draw()))).toBe(true);
  },
);

it('the folder holds the figures and nothing else', () => {
  expect(readdirSync(`${ROOT}${IMAGES}`).sort()).toEqual([...files(true), ...files(false)].sort());
});

it('every figure stands in a chapter, and says in words what it shows', () => {
  const book = PAGES.map(readDocument).join('\n');
  const shown = Array.from(book.matchAll(/!\[([^\]]{20,})\]\(\.\.\/images\/book\/([^)]+)\)/g), (m) => m[2]!);
  expect(new Set(shown)).toEqual(new Set(FIGURES.map(({ file }) => file)));
});

it('refuses a table that there is not', () => {
  const chapter = '<!-- from bench/results: no-such -->\n<!-- end -->';
  expect(() => writeMeasured(chapter, TABLES)).toThrow(/no table no-such; there are .*costs/);
});

it.each(PAGES)('%s has the numbers of bench/results', (path) => {
  expect(readDocument(path)).toBe(writeMeasured(readDocument(path), TABLES));
});
