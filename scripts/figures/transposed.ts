/** Chapter 5: which taps meet which pixels, and a long sum in parts. */
import type { Figure } from './figure.ts';
import { arrow, BLUE, drawing, GREEN, GREY, grid, label, ORANGE, PINK, text } from './svg.ts';

const [KERNEL, STRIDE, PADDING] = [4, 2, 1];
const FILLS = [BLUE, ORANGE, GREEN, PINK];
const OUT = 6;

/** Number of the phase of a pixel, from its row and column. */
const phaseOf = (h: number, w: number): number => (h % STRIDE) * STRIDE + (w % STRIDE);

/** The phase that a tap reaches: the pixels with (h + padding - kh) divisible by the stride. */
const reached = (kh: number, kw: number): number => phaseOf(kh + PADDING, kw + PADDING);

function phases(): string {
  const size = 36;
  const dense = Array.from({ length: STRIDE * STRIDE }, (_, phase) => {
    const taps = Array.from({ length: KERNEL * KERNEL }, (_, i) => [Math.floor(i / KERNEL), i % KERNEL] as const);
    const own = taps.filter(([kh, kw]) => reached(kh, kw) === phase);
    const x = 560 + (phase % 2) * 130;
    const y = 56 + Math.floor(phase / 2) * 112;
    return grid(x, y, size, [2, 2], (row, column) => ({ fill: FILLS[phase], text: own[row * 2 + column]!.join(',') }));
  });
  return drawing(
    'The pixels of a transposed convolution by phase, the taps that reach each, and four kernels of 2 by 2',
    860,
    320,
    [
      text(30, 34, 'dx: pixels by phase', { bold: true }),
      grid(30, 56, size, [OUT, OUT], (h, w) => ({ fill: FILLS[phaseOf(h, w)] })),
      text(310, 34, 'w: taps kh,kw', { bold: true }),
      grid(310, 56, size, [KERNEL, KERNEL], (kh, kw) => ({ fill: FILLS[reached(kh, kw)], text: `${kh},${kw}` })),
      text(560, 34, 'four dense kernels', { bold: true }),
      ...dense,
      text(310, 232, '4 × 4 taps, stride 2, padding 1', { size: 13 }),
      text(30, 304, 'A pixel is met by the four taps of its own colour, and by no other.', { size: 13 }),
    ],
  );
}

/** The zeros that the textbook's picture multiplies. */
function zeros(): string {
  const dy = 3;
  const spread = dy * STRIDE - 1 + 2 * (KERNEL - 1 - PADDING);
  const edge = KERNEL - 1 - PADDING;
  const live = (i: number) => i >= edge && (i - edge) % STRIDE === 0 && (i - edge) / STRIDE < dy;
  const under = (i: number) => i >= edge && i < edge + KERNEL;
  return drawing(
    'Zero insertion: nine values of dy spread over a 9 by 9 image that a 4 by 4 kernel slides over',
    660,
    320,
    [
      text(30, 34, 'dy', { bold: true }),
      grid(30, 56, 30, [dy, dy], () => ({ fill: ORANGE })),
      arrow(130, 100, 190, 100),
      text(210, 34, 'dy with zeros between its pixels and around them', { bold: true }),
      grid(210, 56, 26, [spread, spread], (row, column) => ({
        fill: live(row) && live(column) ? ORANGE : under(row) && under(column) ? GREY : undefined,
        text: live(row) && live(column) ? '' : '0',
      })),
      text(470, 90, 'in a 4 × 4 window (grey)', { size: 13 }),
      text(470, 108, 'lie four values of dy', { size: 13 }),
      text(470, 126, 'and twelve zeros; fewer', { size: 13 }),
      text(470, 144, 'values at the edge', { size: 13 }),
    ],
  );
}

function splitK(): string {
  const [parts, depth] = [4, 24];
  const part = (k: number) => FILLS[Math.floor((k * parts) / depth)];
  return drawing(
    'Split-K: a product with a long inner dimension, cut into four parts that are added in order',
    860,
    300,
    [
      text(30, 34, 'A: x, gathered; rows are taps and channels, columns are pixels', { bold: true }),
      grid(30, 50, 16, [4, depth], (_, k) => ({ fill: part(k) })),
      text(30, 146, 'B: dy; rows are pixels (drawn turned on its side)', { bold: true }),
      grid(30, 160, 16, [3, depth], (_, k) => ({ fill: part(k) })),
      ...Array.from({ length: parts }, (_, i) => grid(500, 40 + 56 * i, 14, [3, 4], () => ({ fill: FILLS[i] }))),
      ...Array.from({ length: parts }, (_, i) => arrow(426, 130, 494, 60 + 56 * i)),
      ...Array.from({ length: parts }, (_, i) => arrow(562, 60 + 56 * i, 634, 148)),
      text(496, 282, 'first dispatch: a part each', { size: 13 }),
      label(636, 122, 100, 52, ['add', 'in order'], GREY),
      arrow(736, 148, 766, 148),
      grid(770, 126, 14, [3, 4], () => ({ fill: GREY })),
      text(770, 196, 'dw', { size: 13 }),
      text(636, 200, 'second dispatch', { size: 13 }),
    ],
  );
}

export const transposed: readonly Figure[] = [
  { file: '05-zeros.svg', draw: zeros },
  { file: '05-phases.svg', draw: phases },
  { file: '05-split-k.svg', draw: splitK },
];
