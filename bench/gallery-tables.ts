/** Writes what was measured into the gallery of kernels. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '@ganvas/gan';
import { CASES } from './cases.ts';
import { updateMeasured } from './ladder-tables.ts';
import type { CaseResult, Report } from './report.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GALLERY = join(ROOT, 'packages/kernels-wgsl/gallery');

/** @returns a line for each file written */
export function writeGalleryTables({ device, cases }: Report): string[] {
  const families = new Set(CASES.flatMap(({ kernel }) => kernel?.family ?? []));
  return [...families].flatMap((family) => {
    const results = ladderResults(cases, family);
    if (results.length === 0) return [];
    const path = join(GALLERY, family, 'README.md');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : `# ${family}\n`;
    writeFileAtomic(path, updateMeasured(text, device, results));
    return [`wrote ${relative(ROOT, path)}`];
  });
}

/** The bare kernels of a family's cases. Of cases with the same kernels, which only other engines tell apart, those of the first. */
function ladderResults(results: readonly CaseResult[], family: string): CaseResult[] {
  const own = CASES.filter(({ kernel }) => kernel?.family === family);
  const distinct = own.filter((c, i) => own.findIndex((other) => other.kernel!.shape === c.kernel!.shape) === i);
  const names = new Set(distinct.map((c) => c.name));
  return results.filter((r) => r.engine === 'ganvas' && r.rung !== 'captured' && names.has(r.case));
}
