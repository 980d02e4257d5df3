/** A picture of a training run: both losses, and what the discriminator answers, over the steps. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { type EChartsOption, init, type SeriesOption } from 'echarts';

export interface LossRow {
  step: number;
  lossD: number;
  lossG: number;
  /** Mean of D(x) over real images, 0 to 1. */
  dReal: number;
  /** Mean of D(G(z)) over generated images, 0 to 1. */
  dFake: number;
}

const WIDTH = 1200;
const HEIGHT = 900;
/** Okabe and Ito's blue, vermilion, green and orange: told apart by colour-blind readers too. */
const CURVES = [
  { name: 'loss D', column: 'lossD', color: '#0072b2', panel: 0 },
  { name: 'loss G', column: 'lossG', color: '#d55e00', panel: 0 },
  { name: 'D(x)', column: 'dReal', color: '#009e73', panel: 1 },
  { name: 'D(G(z))', column: 'dFake', color: '#e69f00', panel: 1 },
] as const;
const PANELS = [
  { title: 'Loss', top: 60, height: 380 },
  { title: 'Discriminator’s answer (0 fake, 1 real)', top: 530, height: 290 },
];

/**
 * PNG, 1200 × 900: each curve light as measured, and smoothed. Values that are not finite leave gaps.
 * @param rows in the order of their steps
 */
export async function drawLossChart(rows: readonly LossRow[]): Promise<Uint8Array> {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(chartOption(rows));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return rasterise(svg);
}

function chartOption(rows: readonly LossRow[]): EChartsOption {
  const steps = rows.map((row) => row.step);
  const axisText = { fontSize: 15, color: '#333' };
  return {
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'Roboto' },
    title: PANELS.map(({ title, top }) => ({
      text: title,
      left: 80,
      top: top - 42,
      textStyle: { fontSize: 18, fontWeight: 'normal' },
    })),
    grid: PANELS.map(({ top, height }) => ({ top, height, left: 80, right: 40 })),
    legend: PANELS.map(({ top }, panel) => ({
      data: CURVES.filter((curve) => curve.panel === panel).map((curve) => curve.name),
      right: 40,
      top: top - 40,
      icon: 'roundRect',
      itemHeight: 4,
      textStyle: { fontSize: 16 },
    })),
    xAxis: PANELS.map((_, panel) => ({
      type: 'value',
      gridIndex: panel,
      name: panel === 1 ? 'step' : '',
      nameLocation: 'middle',
      nameGap: 34,
      nameTextStyle: axisText,
      axisLabel: axisText,
      min: 0,
      max: steps.at(-1) ?? 1,
      splitLine: { show: false },
    })),
    yAxis: PANELS.map((_, panel) => ({
      type: 'value',
      gridIndex: panel,
      axisLabel: axisText,
      axisLine: { show: true },
      ...(panel === 1 && { min: 0, max: 1 }),
    })),
    series: CURVES.flatMap((curve): SeriesOption[] => {
      const values = rows.map((row) => row[curve.column]);
      const line = {
        name: curve.name,
        type: 'line' as const,
        xAxisIndex: curve.panel,
        yAxisIndex: curve.panel,
        showSymbol: false,
        color: curve.color,
        sampling: 'lttb' as const,
      };
      const points = (ys: readonly number[]) => ys.map((y, i) => [steps[i]!, Number.isFinite(y) ? y : null]);
      return [
        { ...line, data: points(values), lineStyle: { width: 1, opacity: 0.3 } },
        { ...line, data: points(smooth(values)), lineStyle: { width: 2.5 } },
      ];
    }),
  };
}

/**
 * Exponential moving average over about a fiftieth of the run. The weights are normalised, so that the first values are not
 * drawn towards zero; what is not finite is passed over.
 */
export function smooth(values: readonly number[]): number[] {
  const keep = 1 - 1 / Math.max(1, values.length / 50);
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (Number.isFinite(value)) {
      sum = keep * sum + (1 - keep) * value;
      weight = keep * weight + (1 - keep);
    }
    return sum / weight;
  });
}

const packaged = (file: string) => readFileSync(createRequire(import.meta.url).resolve(file));
let ready: Promise<void> | undefined;

/** SVG to PNG with a font that comes along: a bare machine has none. */
async function rasterise(svg: string): Promise<Uint8Array> {
  ready ??= initWasm(packaged('@resvg/resvg-wasm/index_bg.wasm'));
  await ready;
  const font = packaged('@fontsource/roboto/files/roboto-latin-400-normal.woff2');
  return new Resvg(svg, { font: { fontBuffers: [font], defaultFontFamily: 'Roboto' } }).render().asPng();
}
