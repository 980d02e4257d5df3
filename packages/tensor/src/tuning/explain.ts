/** Choices as text, and as pins. */
import type { Choice, Pins } from './choices.ts';

const WHY: Record<Choice['source'], string> = {
  pinned: 'pinned by the run',
  tuned: 'tuned here',
  shipped: 'shipped table',
  order: "family's order",
};

/** A table of what was chosen, a problem a line, where there was something to choose from. */
export function explainChoices(choices: readonly Choice[]): string {
  const rows = choices
    .filter(({ candidates }) => candidates.length > 1)
    .map(({ rung, source, candidates, problem }) => [rung, WHY[source], String(candidates.length), problem])
    .sort((a, b) => (a[3]! < b[3]! ? -1 : 1));
  const table = [['rung', 'chosen by', 'of', 'kernel work'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return table.map((row) => line(row).trimEnd()).join('\n');
}

/** What pins a later run to these choices. */
export const pinsOf = (choices: readonly Choice[]): Pins =>
  Object.fromEntries(choices.map(({ problem, rung }) => [problem, rung]));
