/** Chapter 1: a program as a graph, and a transposed convolution as stamps. */
import type { Figure } from './figure.ts';
import { arrow, BLUE, drawing, FAINT, GREEN, grid, INK, label, line, ORANGE, text } from './svg.ts';

const [X, Y] = [3, 5];
const SQUARE = X * X;
const short = (value: number): string => String(Number(value.toFixed(2)));

/** f = x² y + e^x: what runs along an edge forwards is a value, backwards a gradient. */
function graph(): string {
  const f = SQUARE * Y + Math.exp(X);
  const node = (x: number, y: number, name: string, value: number, gradient: number, fill: string) =>
    [
      label(x, y, 120, 46, [name, short(value)], fill),
      text(x + 60, y + 64, `g = ${short(gradient)}`, { anchor: 'middle', size: 13, color: '#b3541e' }),
    ].join('\n');
  return drawing('The graph of x squared times y plus e to the x, with values and gradients', 760, 330, [
    text(24, 30, 'f = x·x·y + eˣ: values from left to right, gradients g from right to left', { bold: true }),
    arrow(144, 93, 205, 103),
    arrow(144, 83, 205, 93),
    arrow(144, 260, 405, 146),
    arrow(144, 108, 205, 246),
    arrow(326, 103, 405, 122),
    arrow(526, 130, 605, 160),
    arrow(326, 262, 605, 186),
    node(24, 70, 'x', X, 2 * X * Y + Math.exp(X), BLUE),
    node(24, 238, 'y', Y, SQUARE, BLUE),
    node(206, 76, 'times(x, x)', SQUARE, Y, ORANGE),
    node(206, 238, 'powerOfE(x)', Math.exp(X), 1, ORANGE),
    node(406, 104, 'times(…, y)', SQUARE * Y, 1, ORANGE),
    node(606, 150, 'f', f, 1, GREEN),
  ]);
}

const KERNEL = [1, 2, 3];
const GRADIENTS = [10, 100];
const STRIDE = 2;
const PIXELS = 5;

/** The same connections, read forwards (windows) and backwards (stamps). */
function stamps(): string {
  const size = 52;
  const at = (x: number, pixel: number) => x + pixel * size;
  const [left, right] = [40, 440];
  const windows = GRADIENTS.flatMap((_, o) =>
    KERNEL.map((_, tap) =>
      line(at(left, o * STRIDE + tap) + size / 2, 112, at(left, 1 + 2 * o) + size / 2, 190, FAINT),
    ),
  );
  const row = (o: number) => (_: number, pixel: number) => {
    const weight = KERNEL[pixel - o * STRIDE];
    return weight === undefined ? {} : { fill: o ? ORANGE : BLUE, text: String(GRADIENTS[o]! * weight) };
  };
  const sums = Array.from({ length: PIXELS }, (_, pixel) =>
    GRADIENTS.reduce((sum, g, o) => sum + g * (KERNEL[pixel - o * STRIDE] ?? 0), 0),
  );
  return drawing('A convolution of five pixels at stride 2, and its transpose as two stamps that overlap', 800, 300, [
    text(left, 36, 'forwards: an output gathers a window', { bold: true }),
    ...windows,
    grid(left, 60, size, [1, PIXELS], (_, i) => ({ text: `x${i}` })),
    ...GRADIENTS.map((_, o) =>
      grid(at(left, 1 + 2 * o), 190, size, [1, 1], () => ({ fill: o ? ORANGE : BLUE, text: `y${o}` })),
    ),
    text(right, 36, 'backwards: a gradient stamps the kernel', { bold: true }),
    ...GRADIENTS.map((g, o) => text(right - 14, 92 + 62 * o, `g = ${g}`, { anchor: 'end', size: 13 })),
    ...GRADIENTS.map((_, o) => grid(right, 60 + 62 * o, size, [1, PIXELS], row(o))),
    text(right - 14, 226, 'dx', { anchor: 'end' }),
    line(right, 182, right + PIXELS * size, 182, INK, 2),
    grid(right, 194, size, [1, PIXELS], (_, i) => ({ fill: GREEN, text: String(sums[i]) })),
    text(right, 276, 'where two stamps overlap, they add', { size: 13 }),
  ]);
}

export const derivatives: readonly Figure[] = [
  { file: '01-graph.svg', draw: graph },
  { file: '01-stamps.svg', draw: stamps },
];
