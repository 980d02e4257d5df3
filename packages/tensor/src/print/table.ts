/** Tables of plain text, and numbers as they stand in them. */

export interface Column {
  title: string;
  /** Characters; longer cells are cut. Default: as wide as the longest cell. */
  most?: number;
  /** Text to the left, numbers (the default) to the right. */
  left?: boolean;
}

/** Text that is too long ends in an ellipsis. */
export const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;

/** Three significant digits, and no more places than they ask for: a measurement knows no more. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toPrecision(3));
  if (rounded === 0 || Math.abs(rounded) >= 1000) return String(Math.round(rounded));
  return rounded.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
}

/** A share of 1 in percent. */
export const percent = (share: number): string => `${significant(100 * share)}%`;

/** The titles and a line a row, two spaces between the columns. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map(({ most = Number.POSITIVE_INFINITY }, c) =>
    Math.min(most, Math.max(...lines.map((cells) => cells[c]!.length))),
  );
  const print = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (columns[c]!.left ? cut(cell, widths[c]!).padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd();
  return lines.map(print).join('\n');
}
