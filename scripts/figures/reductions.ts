/** Chapter 6: what the order of additions costs, and how moments of chunks become moments of all. */
import { scattered } from '@ganvas/kernels-wgsl';
import { chart } from './chart.ts';
import type { Figure } from './figure.ts';
import { arrow, BLUE, box, drawing, GREEN, label, ORANGE, text } from './svg.ts';

const { fround } = Math;

type Sum = (values: Float32Array) => number;

/** f32 sums of the same values in three orders. */
const ORDERS: Readonly<Record<string, Sum>> = {
  'one chain': (values) => values.reduce((total, x) => fround(total + x), 0),
  'four chains': (values) => {
    const chains = [0, 0, 0, 0];
    for (const [i, x] of values.entries()) chains[i % 4] = fround(chains[i % 4]! + x);
    return pairwise(Float32Array.from(chains));
  },
  'in halves': pairwise,
};

function pairwise(values: Float32Array): number {
  if (values.length === 1) return values[0]!;
  const middle = values.length >> 1;
  return fround(pairwise(values.subarray(0, middle)) + pairwise(values.subarray(middle)));
}

const SIZES = Array.from({ length: 15 }, (_, i) => 2 ** (i + 6));

function order(): string {
  const all = Float32Array.from(scattered(SIZES.at(-1)!), (x) => x + 0.5);
  const errors = (sum: Sum) =>
    SIZES.map((size) => {
      const values = all.subarray(0, size);
      const exact = values.reduce((a, b) => a + b, 0);
      // An error of 0 has no place on a logarithmic axis.
      return [size, Math.max(1e-9, Math.abs(sum(values) / exact - 1))];
    });
  const axis = { type: 'log' as const, nameLocation: 'middle' as const };
  const exponent = (value: number) => `1e${Math.round(Math.log10(value))}`;
  return chart(
    {
      legend: { top: 8 },
      grid: { left: 80, right: 30, top: 48, bottom: 50 },
      xAxis: { ...axis, name: 'numbers added', nameGap: 30, min: SIZES[0], max: SIZES.at(-1), logBase: 2 },
      yAxis: { ...axis, name: 'relative error', nameGap: 55, min: 1e-9, max: 1e-4, axisLabel: { formatter: exponent } },
      series: Object.entries(ORDERS).map(([name, sum]) => ({ name, type: 'line', data: errors(sum) })),
    },
    { width: 720, height: 360 },
  );
}

const CHUNKS = 4;

function moments(): string {
  const [width, gap, left] = [160, 20, 20];
  const shapes = Array.from({ length: CHUNKS }, (_, chunk) => {
    const x = left + chunk * (width + gap);
    return [
      box(x, 50, width, 70, { fill: BLUE }),
      text(x + width / 2, 80, `rows of chunk ${chunk}`, { anchor: 'middle' }),
      text(x + width / 2, 100, 'd = x − x₀', { anchor: 'middle', size: 12, mono: true }),
      arrow(x + width / 2, 120, x + width / 2, 160),
      label(x, 160, width, 56, ['one invocation', 'mean of d, Σ(d − mean)²'], ORANGE),
      arrow(x + width / 2, 216, 390 + 30 * (chunk - 1.5), 266),
    ].join('\n');
  });
  return drawing('Moments of chunks, merged', 760, 350, [
    text(left, 32, 'x [rows, channels] is read once; each channel has its chunks', { size: 13 }),
    ...shapes,
    label(240, 266, 300, 60, ['merge, in order', 'mean = Σ nᵢ meanᵢ / n', 'Σ² = Σ (Σ²ᵢ + nᵢ (meanᵢ − mean)²)'], GREEN),
  ]);
}

export const reductions: readonly Figure[] = [
  { file: '06-order.svg', draw: order },
  { file: '06-moments.svg', draw: moments },
];
