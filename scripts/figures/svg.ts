/** Drawings in plain SVG: shapes are strings, a drawing is the list of them on a white ground. */

export const INK = '#1f2933';
export const FAINT = '#9aa5b1';
/** Fills, light enough for INK on them. */
export const BLUE = '#bcdcff';
export const ORANGE = '#ffd9a8';
export const GREEN = '#c4e8c2';
export const PINK = '#f7c6dc';
export const GREY = '#e9edf1';
export const WHITE = '#ffffff';

const FONT = "font-family='Helvetica, Arial, sans-serif'";
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/**
 * @param title what a screen reader says
 * @param width in pixels, as `height`
 */
export const drawing = (title: string, width: number, height: number, shapes: readonly string[]): string =>
  [
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ${width} ${height}' width='${width}' height='${height}' role='img'>`,
    `<title>${escaped(title)}</title>`,
    `<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' markerHeight='7' orient='auto-start-reverse'><path d='M0 0L8 4L0 8z' fill='${INK}'/></marker></defs>`,
    `<rect width='${width}' height='${height}' fill='${WHITE}'/>`,
    ...shapes,
    '</svg>\n',
  ].join('\n');

export interface TextStyle {
  size?: number;
  color?: string;
  anchor?: 'start' | 'middle' | 'end';
  bold?: boolean;
  mono?: boolean;
}

/** One line of text; y is its baseline. Default: 14 pixels, from x to the right. */
export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 14, color = INK, anchor = 'start', bold, mono } = style;
  const font = mono ? "font-family='Menlo, Consolas, monospace'" : FONT;
  const weight = bold ? " font-weight='bold'" : '';
  return `<text x='${x}' y='${y}' ${font} font-size='${size}' fill='${color}' text-anchor='${anchor}'${weight}>${escaped(content)}</text>`;
}

export interface BoxStyle {
  fill?: string;
  stroke?: string;
  strokeWidth?: number;
  radius?: number;
}

export function box(x: number, y: number, width: number, height: number, style: BoxStyle = {}): string {
  const { fill = WHITE, stroke = INK, strokeWidth = 1, radius = 0 } = style;
  return `<rect x='${x}' y='${y}' width='${width}' height='${height}' rx='${radius}' fill='${fill}' stroke='${stroke}' stroke-width='${strokeWidth}'/>`;
}

/** A box with lines of text in its middle. */
export function label(x: number, y: number, width: number, height: number, lines: readonly string[], fill = WHITE) {
  const first = y + height / 2 + 5 - (lines.length - 1) * 9;
  return [
    box(x, y, width, height, { fill, radius: 6 }),
    ...lines.map((line, i) =>
      text(x + width / 2, first + 18 * i, line, { anchor: 'middle', size: i === 0 ? 14 : 12, bold: i === 0 }),
    ),
  ].join('\n');
}

export const arrow = (x1: number, y1: number, x2: number, y2: number, color = INK): string =>
  `<line x1='${x1}' y1='${y1}' x2='${x2}' y2='${y2}' stroke='${color}' stroke-width='1.5' marker-end='url(#tip)'/>`;

export const line = (x1: number, y1: number, x2: number, y2: number, color = INK, width = 1): string =>
  `<line x1='${x1}' y1='${y1}' x2='${x2}' y2='${y2}' stroke='${color}' stroke-width='${width}'/>`;

/** What stands in a cell of a grid. */
export interface Cell {
  fill?: string;
  text?: string;
}

/** A matrix of square cells, each `size` pixels wide. */
export function grid(
  x: number,
  y: number,
  size: number,
  [rows, columns]: readonly [number, number],
  cell: (row: number, column: number) => Cell = () => ({}),
): string {
  const cells = Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const { fill, text: content } = cell(row, column);
    const [left, top] = [x + column * size, y + row * size];
    const square = box(left, top, size, size, { fill, stroke: FAINT });
    const style = { anchor: 'middle', size: Math.min(14, size * 0.45) } as const;
    return content ? square + text(left + size / 2, top + size / 2 + style.size * 0.36, content, style) : square;
  });
  return [...cells, box(x, y, columns * size, rows * size, { fill: 'none', strokeWidth: 1.5 })].join('\n');
}
