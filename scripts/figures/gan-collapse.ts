/** Chapter 9: what the generators of four GANs make of a ring as they train, and what their numbers say meanwhile. */
import { chart } from './chart.ts';
import type { Figure } from './figure.ts';
import { type Frame, MOMENTS, RING, type RingRun, ringRuns } from './ring-gans.ts';
import { box, drawing, FAINT, GREY, text } from './svg.ts';

/** Pixels of a frame, and what of the plane it shows: [−EXTENT, EXTENT]². */
const [SIDE, GAP, EXTENT] = [180, 12, 3.2];
const [LEFT, TOP] = [16, 40];

const px = (value: number): number => Math.round(((value + EXTENT) / (2 * EXTENT)) * SIDE * 10) / 10;

function collapse(runs: readonly RingRun[]): string {
  const shapes = MOMENTS.map((step, column) =>
    text(LEFT + column * (SIDE + GAP) + SIDE / 2, 26, `step ${step}`, { anchor: 'middle' }),
  );
  const rowHeight = SIDE + 52;
  for (const [row, { name, frames }] of runs.entries()) {
    const y = TOP + row * rowHeight;
    shapes.push(text(LEFT, y + 16, name, { bold: true }));
    for (const [column, frame] of frames.entries()) shapes.push(panel(LEFT + column * (SIDE + GAP), y + 24, frame));
  }
  const width = 2 * LEFT + MOMENTS.length * (SIDE + GAP) - GAP;
  return drawing('Points of four generators as they train', width, TOP + runs.length * rowHeight + 4, shapes);
}

function panel(x: number, y: number, { points, modes, quality }: Frame): string {
  const rings = RING.centres.map(
    ([cx, cy]) =>
      `<circle cx='${px(cx)}' cy='${px(-cy)}' r='${Math.round(((3 * RING.std) / (2 * EXTENT)) * SIDE)}' fill='${GREY}' stroke='${FAINT}'/>`,
  );
  // A stroke of no length with round ends is a dot.
  const dots: string[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [at, up] = [points[i]!, -points[i + 1]!];
    if (Math.abs(at) < EXTENT && Math.abs(up) < EXTENT) dots.push(`M${px(at)} ${px(up)}h0`);
  }
  return [
    `<g transform='translate(${x} ${y})'>`,
    box(0, 0, SIDE, SIDE, { stroke: FAINT }),
    ...rings,
    `<path d='${dots.join('')}' stroke='#0b61a4' stroke-opacity='0.55' stroke-width='3' stroke-linecap='round'/>`,
    text(SIDE / 2, SIDE + 16, `${modes} of 8 modes, ${Math.round(100 * quality)} % on them`, {
      anchor: 'middle',
      size: 12,
    }),
    '</g>',
  ].join('\n');
}

/** Two runs above each other: D's mean answers, and the norm of G's gradient. */
function answers(runs: readonly RingRun[]): string {
  const shown = ['plain', 'minibatch discrimination'].map((name) => runs.find((run) => run.name === name)!);
  const columns = [
    { key: 'dReal', name: 'D(x)', color: '#0b61a4', axis: 0 },
    { key: 'dFake', name: 'D(G(z))', color: '#c2410c', axis: 0 },
    { key: 'gradG', name: '‖∇G‖ (right)', color: '#7a8794', axis: 1 },
  ];
  return chart(
    {
      title: shown.map(({ name }, i) => ({ text: name, left: 50, top: 6 + 250 * i, textStyle: { fontSize: 14 } })),
      legend: { top: 6, right: 50, data: columns.map(({ name }) => name) },
      grid: shown.map((_, i) => ({ left: 50, right: 50, top: 40 + 250 * i, height: 180 })),
      xAxis: shown.map((_, i) => ({ type: 'value', gridIndex: i, min: 0, max: MOMENTS.at(-1)! })),
      yAxis: shown.flatMap((_, i) => [
        { type: 'value' as const, gridIndex: i, min: 0, max: 1 },
        { type: 'value' as const, gridIndex: i, min: 0, splitLine: { show: false } },
      ]),
      series: shown.flatMap(({ reports }, i) =>
        columns.map(({ key, name, color, axis }) => ({
          ...{ name, color, type: 'line' as const, showSymbol: false, lineStyle: { width: 1.5 } },
          ...{ xAxisIndex: i, yAxisIndex: 2 * i + axis },
          data: averaged(reports.map((report) => report[key]!)),
        })),
      ),
    },
    { width: 760, height: 500 },
  );
}

/** Means of ten steps each: single steps are noise. */
function averaged(values: readonly number[]): [step: number, mean: number][] {
  const width = 10;
  return Array.from({ length: Math.floor(values.length / width) }, (_, i) => {
    const part = values.slice(i * width, (i + 1) * width);
    return [(i + 1) * width, Number((part.reduce((a, b) => a + b, 0) / width).toFixed(4))];
  });
}

export const ganCollapse: readonly Figure[] = [
  { file: '09-collapse.svg', trained: true, draw: async () => collapse(await ringRuns()) },
  { file: '09-answers.svg', trained: true, draw: async () => answers(await ringRuns()) },
];
