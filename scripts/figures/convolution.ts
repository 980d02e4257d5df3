/** Chapter 4: windows of an image as the rows of a matrix that is never made. */
import type { Figure } from './figure.ts';
import { arrow, BLUE, drawing, FAINT, GREEN, grid, ORANGE, PINK, text } from './svg.ts';

const [SIZE, KERNEL, OUT] = [4, 3, 2];
const FILLS = [BLUE, ORANGE, GREEN, PINK];

/** Number of the pixel that a tap of an output pixel meets. */
const address = (output: number, tap: number): number => {
  const row = Math.floor(output / OUT) + Math.floor(tap / KERNEL);
  return row * SIZE + (output % OUT) + (tap % KERNEL);
};

function windows(): string {
  const taps = Array.from({ length: KERNEL * KERNEL }, (_, tap) => tap);
  const first = new Set(taps.map((tap) => address(1, tap)));
  return drawing(
    'A 4 by 4 image, and the 4 by 9 matrix of its 3 by 3 windows with the address of each entry',
    860,
    330,
    [
      text(30, 34, 'x and its addresses', { bold: true }),
      grid(30, 56, 44, [SIZE, SIZE], (row, column) => {
        const pixel = row * SIZE + column;
        return { fill: first.has(pixel) ? ORANGE : undefined, text: String(pixel) };
      }),
      text(30, 258, 'the window of output 1', { size: 13 }),
      arrow(216, 144, 276, 144),
      text(300, 34, 'A, a row an output pixel, a column a tap: addresses', { bold: true }),
      grid(300, 56, 40, [OUT * OUT, taps.length], (output, tap) => ({
        fill: FILLS[output],
        text: String(address(output, tap)),
      })),
      ...taps.map((tap) =>
        text(320 + 40 * tap, 236, `${Math.floor(tap / KERNEL)},${tap % KERNEL}`, {
          size: 12,
          anchor: 'middle',
          color: FAINT,
        }),
      ),
      text(300, 258, 'kh, kw of each column', { size: 13 }),
      text(300, 280, 'three neighbours in a row of the window are neighbours in memory', { size: 13 }),
      text(672, 142, '·'),
      grid(690, 56, 20, [taps.length, 1]),
      text(690, 258, 'w', { size: 13 }),
      text(726, 142, '='),
      grid(750, 56, 40, [OUT * OUT, 1], (output) => ({ fill: FILLS[output], text: `y${output}` })),
    ],
  );
}

/** One row of a window in memory: with channels last one run, with channels first a run a channel. */
function runs(): string {
  const [width, channels, size] = [6, 3, 40];
  const covered = (pixel: number, first: number) => pixel >= first && pixel < first + KERNEL;
  const last = (first: number) => (_: number, i: number) => {
    const [pixel, channel] = [Math.floor(i / channels), i % channels];
    return { fill: covered(pixel, first) ? FILLS[channel] : undefined, text: `${pixel}${'abc'[channel]}` };
  };
  const channelsFirst = (_: number, i: number) => {
    const [channel, pixel] = [Math.floor(i / width), i % width];
    return { fill: covered(pixel, 2) ? FILLS[channel] : undefined, text: `${pixel}${'abc'[channel]}` };
  };
  const [left, row] = [30, [1, width * channels] as const];
  return drawing('A row of an image in memory, 6 pixels of 3 channels: what 3 pixels of a window meet', 790, 330, [
    text(left, 34, 'NHWC, window at pixel 2: one run of 9', { bold: true }),
    grid(left, 48, size, row, last(2)),
    text(left, 134, 'NHWC, window at pixel -1: the run begins left of the row, where loads answer 0', { bold: true }),
    grid(left, 148, size, row, last(-1)),
    text(left, 234, 'NCHW, window at pixel 2: three runs of 3, a whole plane of the image apart', { bold: true }),
    ...Array.from({ length: channels }, (_, channel) =>
      grid(left + channel * (width * size + 10), 248, size, [1, width], (r, i) =>
        channelsFirst(r, channel * width + i),
      ),
    ),
  ]);
}

export const convolution: readonly Figure[] = [
  { file: '04-windows.svg', draw: windows },
  { file: '04-runs.svg', draw: runs },
];
