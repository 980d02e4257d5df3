/** Chapter 2: the objects of a dispatch, who runs in it, and what its parts cost. */
import { chart } from './chart.ts';
import type { Figure } from './figure.ts';
import { resultsOf } from './measured.ts';
import { arrow, BLUE, box, drawing, FAINT, GREEN, GREY, grid, label, ORANGE, PINK, text } from './svg.ts';

function objects(): string {
  return drawing('The objects of a WebGPU dispatch: what each is made from, and what is sent to the queue', 860, 340, [
    text(30, 30, 'made once', { bold: true }),
    box(20, 44, 820, 170, { fill: GREY, radius: 8, stroke: FAINT }),
    arrow(140, 90, 180, 90),
    label(30, 66, 110, 48, ['adapter', 'a GPU, its driver'], BLUE),
    label(180, 66, 110, 48, ['device', 'our connection'], BLUE),
    arrow(290, 90, 330, 90),
    label(330, 66, 140, 48, ['shader module', 'WGSL, compiled'], ORANGE),
    arrow(470, 90, 510, 90),
    label(510, 66, 140, 48, ['pipeline', 'one entry point'], ORANGE),
    arrow(235, 114, 235, 154),
    label(180, 154, 110, 48, ['buffers', 'bytes'], GREEN),
    arrow(290, 178, 510, 178),
    label(510, 154, 140, 48, ['bind group', 'buffer ↔ binding'], GREEN),
    arrow(580, 114, 580, 152),
    text(592, 138, 'layout', { size: 12 }),
    text(30, 250, 'for every call', { bold: true }),
    label(180, 266, 130, 52, ['encoder, pass', 'writes a list'], PINK),
    arrow(310, 292, 360, 292),
    label(360, 266, 230, 52, ['dispatch', 'pipeline, bind group, workgroups'], PINK),
    arrow(590, 292, 640, 292),
    label(640, 266, 90, 52, ['queue', 'submit'], PINK),
    arrow(730, 292, 770, 292),
    text(778, 297, 'the GPU'),
  ]);
}

/** A dispatch of 2 x 3 workgroups; one of them with its invocations, in subgroups of 8. */
function invocations(): string {
  const [chosen, subgroup] = [4, 8];
  const fills = [BLUE, ORANGE, GREEN, PINK];
  return drawing(
    'A dispatch is a grid of workgroups, a workgroup a grid of invocations that run in subgroups',
    860,
    320,
    [
      text(30, 34, 'dispatchWorkgroups(3, 2)', { mono: true }),
      grid(30, 52, 72, [2, 3], (row, column) => {
        const id = row * 3 + column;
        return { fill: id === chosen ? GREY : undefined, text: `${column}, ${row}` };
      }),
      text(30, 222, 'workgroup_id of each; in any order, on any', { size: 13 }),
      text(30, 240, 'processor, none can wait for another', { size: 13 }),
      arrow(248, 160, 318, 160),
      text(330, 34, '@workgroup_size(8, 4)', { mono: true }),
      grid(330, 52, 44, [4, 8], (row, column) => {
        const index = row * 8 + column;
        return { fill: fills[Math.floor(index / subgroup) % fills.length], text: String(index) };
      }),
      text(330, 254, 'invocations with local_invocation_index: they share', { size: 13 }),
      text(330, 272, 'var<workgroup> memory and meet at workgroupBarrier()', { size: 13 }),
      text(700, 100, 'a colour: a subgroup', { size: 13 }),
      text(700, 118, '(here of 8), which', { size: 13 }),
      text(700, 136, 'executes the same', { size: 13 }),
      text(700, 154, 'instruction at once', { size: 13 }),
    ],
  );
}

function costs(): string {
  const adapters = ['llvmpipe', 'swiftshader'] as const;
  const names = ['encode', 'submit', 'dispatch', 'replayed step', 'readback', 'eager op'];
  return chart(
    {
      title: { text: 'Microseconds of wall time', left: 16, top: 10, textStyle: { fontSize: 15 } },
      legend: { right: 24, top: 12, itemGap: 28 },
      grid: { left: 110, right: 60, top: 48, bottom: 30 },
      xAxis: { type: 'value' },
      yAxis: { type: 'category', inverse: true, data: names },
      series: adapters.map((adapter, i) => {
        const { encodeUs, submitUs, dispatchUs, replayUs, readbackUs, eagerOpUs } = resultsOf(adapter).roofline;
        const values = [encodeUs, submitUs, dispatchUs, replayUs, readbackUs, eagerOpUs];
        return {
          type: 'bar',
          name: adapter,
          color: ['#2f7ed8', '#f2a33a'][i],
          label: { show: true, position: 'right', fontSize: 11 },
          data: values.map((value) => Number(value.toPrecision(3))),
        };
      }),
    },
    { width: 760, height: 330 },
  );
}

export const dispatch: readonly Figure[] = [
  { file: '02-objects.svg', draw: objects },
  { file: '02-invocations.svg', draw: invocations },
  { file: '02-costs.svg', draw: costs },
];
