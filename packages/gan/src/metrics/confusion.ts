/** What a classifier takes for what. */

export interface Confusion {
  /** [truth][prediction]: how many. */
  counts: number[][];
  /** Share of all that is right, 0 to 1. */
  accuracy: number;
  /** Which ones are wrong, in their order. */
  wrong: number[];
}

/** @throws Error where there are not as many predictions as labels, or one is no class */
export function confusion(labels: ArrayLike<number>, predictions: ArrayLike<number>, classes = 10): Confusion {
  if (labels.length !== predictions.length || labels.length === 0)
    throw new Error(
      `confusion: expected as many predictions as labels, got ${predictions.length} and ${labels.length}`,
    );
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const wrong: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const [truth, prediction] = [labels[i]!, predictions[i]!];
    if (counts[truth]?.[prediction] === undefined)
      throw new Error(
        `confusion: expected classes 0 to ${classes - 1}, got label ${truth} and prediction ${prediction}`,
      );
    counts[truth]![prediction]!++;
    if (truth !== prediction) wrong.push(i);
  }
  return { counts, wrong, accuracy: 1 - wrong.length / labels.length };
}

/** A table with a row a truth and a column a prediction, and the share that is right of each row. */
export function formatConfusion({ counts }: Pick<Confusion, 'counts'>): string {
  const width = Math.max(...counts.flat().map((n) => String(n).length), 2) + 1;
  const row = (title: string, cells: readonly (number | string)[], share: string) =>
    `${title.padEnd(6)}${cells.map((cell) => String(cell || '·').padStart(width)).join('')}  ${share}`.trimEnd();
  const right = (cells: readonly number[], truth: number) => {
    const all = cells.reduce((a, b) => a + b, 0);
    return all === 0 ? '–' : `${((100 * cells[truth]!) / all).toFixed(1)} %`;
  };
  return [
    row(
      'truth',
      counts.map((_, prediction) => String(prediction)),
      'right',
    ),
    ...counts.map((cells, truth) => row(String(truth), cells, right(cells, truth))),
  ].join('\n');
}
