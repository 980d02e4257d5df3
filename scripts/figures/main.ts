/**
 * `npm run figures`: draws the figures of the book and writes its measured numbers. Words after `--` choose figures by the
 * beginning of their file's name; trained figures are drawn only when they are named, or with the word `all`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FIGURES, TABLES } from './all.ts';
import { writeMeasured } from './measured.ts';
import { ROOT } from './root.ts';

const IMAGES = `${ROOT}docs/images/book/`;
const CHAPTERS = `${ROOT}docs/book/`;

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
for (const chapter of readdirSync(CHAPTERS).filter((file) => file.endsWith('.md'))) {
  const before = readFileSync(`${CHAPTERS}${chapter}`, 'utf8');
  const after = writeMeasured(before, TABLES);
  if (after !== before) {
    writeFileSync(`${CHAPTERS}${chapter}`, after);
    console.log(`docs/book/${chapter}`);
  }
}
process.exit(0); // a trained figure leaves a device behind, which would keep Node alive
