/** Chapter 3: what a tile saves, the measured ladder, and the roofline. */
import { headlines, KINDS } from '../../bench/charts.ts';
import { chart } from './chart.ts';
import type { Figure } from './figure.ts';
import { measuredLadder } from './ladder.ts';
import { resultsOf } from './measured.ts';
import { BLUE, box, drawing, GREEN, GREY, grid, ORANGE, PINK, text } from './svg.ts';

const [SIZE, CELL] = [12, 12];

/** A product with what one invocation reads for its tile of C. */
function product(x: number, title: string, rows: number, columns: number): string {
  const side = SIZE * CELL;
  const [row, column] = [4, 4];
  const inRows = (i: number) => i >= row && i < row + rows;
  const inColumns = (i: number) => i >= column && i < column + columns;
  const [top, gap] = [86, 26];
  return [
    text(x, 34, title, { bold: true }),
    text(x, 54, `loads ${rows + columns} numbers for ${rows * columns} multiply-adds`, { size: 13 }),
    grid(x + side + gap, top, CELL, [SIZE, SIZE], (_, c) => ({ fill: inColumns(c) ? ORANGE : undefined })),
    grid(x, top + side + gap, CELL, [SIZE, SIZE], (r) => ({ fill: inRows(r) ? BLUE : undefined })),
    grid(x + side + gap, top + side + gap, CELL, [SIZE, SIZE], (r, c) => ({
      fill: inRows(r) && inColumns(c) ? GREEN : undefined,
    })),
    text(x + side + gap + side / 2, top - 4, 'B', { anchor: 'middle' }),
    text(x + side / 2, top + side + gap - 6, 'A', { anchor: 'middle' }),
    text(x + side + gap + side / 2, top + side + gap - 6, 'C', { anchor: 'middle' }),
  ].join('\n');
}

const tiles = (): string =>
  drawing('What one invocation loads of A and B for one element of C, and for 4 by 4 of them', 760, 430, [
    product(30, '0-naive, one step of k', 1, 1),
    product(410, '2-register-tile, one step of k', 4, 4),
  ]);

/** A workgroup's tile of C, the slabs that it fetches for it, and the tile of one invocation. */
function slabs(): string {
  const [size, cell, tile, depth] = [16, 14, 8, 4];
  const side = size * cell;
  const [x, top, gap] = [30, 56, 30];
  const at = (i: number, first: number, length: number) => i >= first && i < first + length;
  const [first, now] = [4, 4];
  const notes = x + 2 * side + 2 * gap;
  return drawing(
    'A workgroup fetches slabs of A and B for its tile of C, of which an invocation computes a part',
    830,
    560,
    [
      text(x + side + gap + side / 2, top - 10, 'B', { anchor: 'middle' }),
      text(x + side / 2, top + side + gap - 8, 'A', { anchor: 'middle' }),
      text(x + side + gap + side / 2, top + side + gap - 8, 'C', { anchor: 'middle' }),
      grid(x + side + gap, top, cell, [size, size], (row, column) => {
        if (!at(column, first, tile)) return {};
        return { fill: at(row, now, depth) ? ORANGE : GREY };
      }),
      grid(x, top + side + gap, cell, [size, size], (row, column) => {
        if (!at(row, first, tile)) return {};
        return { fill: at(column, now, depth) ? BLUE : GREY };
      }),
      grid(x + side + gap, top + side + gap, cell, [size, size], (row, column) => {
        if (!at(row, first, tile) || !at(column, first, tile)) return {};
        return { fill: at(row, first + 2, 2) && at(column, first + 4, 2) ? GREEN : PINK };
      }),
      ...[
        [ORANGE, 'slab of B, now in workgroup memory'],
        [BLUE, 'slab of A, now in workgroup memory'],
        [GREY, 'slabs before and after it'],
        [PINK, 'the tile of the workgroup'],
        [GREEN, 'what one invocation computes of it'],
      ].flatMap(([fill, note], i) => [
        box(notes, top + 34 * i, 18, 18, { fill }),
        text(notes + 28, top + 14 + 34 * i, note!, { size: 13 }),
      ]),
    ],
  );
}

const CASE = 'matmul 512x512x512';

function ladder(): string {
  const rungs = measuredLadder('matmul', CASE);
  const series = (['llvmpipe', 'swiftshader'] as const).map((adapter, i) => ({
    type: 'bar' as const,
    name: adapter,
    color: ['#2f7ed8', '#f2a33a'][i],
    label: { show: true, position: 'right' as const, fontSize: 11 },
    data: rungs.map(({ gflops }) => gflops[adapter] ?? '-'),
  }));
  return chart(
    {
      title: { text: `${CASE}: GFLOP/s`, left: 16, top: 10, textStyle: { fontSize: 15 } },
      legend: { right: 24, top: 12, itemGap: 28 },
      grid: { left: 190, right: 50, top: 48, bottom: 30 },
      xAxis: { type: 'log', min: 0.1, startValue: 0.1 },
      yAxis: { type: 'category', inverse: true, data: rungs.map(({ rung }) => rung) },
      series,
    },
    { width: 760, height: 420 },
  );
}

/** Operations a byte against GFLOP/s, both logarithmic, under what the adapter allows. */
function roofline(): string {
  const report = resultsOf('llvmpipe');
  const { gflops, gbps } = report.roofline;
  const [least, most] = [0.1, 1000];
  const axis = (name: string, nameGap: number) => ({
    type: 'log' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap,
  });
  return chart(
    {
      legend: { top: 12, itemGap: 28 },
      grid: { left: 70, right: 30, top: 52, bottom: 52 },
      xAxis: { ...axis('operations a byte', 30), min: least, max: most },
      yAxis: { ...axis('GFLOP/s', 46), min: 0.5, max: 200 },
      series: [
        {
          type: 'line',
          data: [least, gflops / gbps, most].map((x) => [x, Math.min(gflops, x * gbps)]),
          symbol: 'none',
          lineStyle: { color: '#1f2933' },
        },
        ...KINDS.map(({ name, colour, pattern }) => ({
          type: 'scatter' as const,
          name,
          color: colour,
          symbolSize: 11,
          data: headlines(report)
            .filter((r) => pattern.test(r.case))
            .map((r) => [r.gflops / r.gbps, r.gflops]),
        })),
      ],
    },
    { width: 760, height: 440 },
  );
}

export const matmul: readonly Figure[] = [
  { file: '03-tiles.svg', draw: tiles },
  { file: '03-slabs.svg', draw: slabs },
  { file: '03-ladder.svg', draw: ladder },
  { file: '03-roofline.svg', draw: roofline },
];
