/**
 * `npm run figures`: draws the figures of the book and writes the measured numbers in pages of docs. Words after `--` choose figures by the
 * beginning of their file's name; trained figures are drawn only when they are named, or with the word `all`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FIGURES, TABLES } from './all.ts';
import { PAGES, writeMeasured } from './measured.ts';
import { ROOT } from './root.ts';

const IMAGES = `${ROOT}docs/images/book/`;

const words = process.argv.slice(2);
const named = (file: string): boolean => words.some((word) => word === 'all' || file.startsWith(word));
const chosen = FIGURES.filter(({ file, trained }) => (words.length === 0 ? !trained : named(file)));
if (chosen.length === 0 && words.length > 0) {
  console.error(
    `figures: nothing begins with ${words.join(' or ')}; there are ${FIGURES.map((f) => f.file).join(', ')}`,
  );
  process.exit(2);
}
mkdirSync(IMAGES, { recursive: true });
for (const { file, draw } of chosen) {
  writeFileSync(`${IMAGES}${file}`, await draw());
  console.log(`docs/images/book/${file}`);
}
for (const page of PAGES) {
  const before = readFileSync(`${ROOT}${page}`, 'utf8');
  const after = writeMeasured(before, TABLES);
  if (after !== before) {
    writeFileSync(`${ROOT}${page}`, after);
    console.log(page);
  }
}
process.exit(0); // a trained figure leaves a device behind, which would keep Node alive
