/** A picture of a training run: what its steps report, over the steps. */
import type { EChartsOption, SeriesOption } from 'echarts';
import { CURVE_COLORS, columnsOf, type Panel, panelsOf, type Row, rangeOf } from './panels.ts';
import { rasteriseChart } from './rasterise.ts';
import { smooth } from './smooth.ts';

const WIDTH = 1200;
/** The first panel is what one looks at; the others explain it. */
const HEIGHTS = { first: 380, other: 290 };
/** Above a panel for its title and legend, below it for the numbers of its axis. */
const [HEAD, FOOT] = [60, 30];
/** Below the last panel for the axis' name. */
const TAIL = 20;

interface Placed extends Panel {
  top: number;
  height: number;
}

/**
 * PNG, 1200 pixels wide: a panel below the other, each curve light as measured, and smoothed. Values that are missing or not
 * finite leave gaps.
 * @param rows in the order of their steps, each with a `step`
 * @param panels default: those of the rows' columns
 */
export async function drawCurves(
  rows: readonly Row[],
  panels: readonly Panel[] = panelsOf(columnsOf(rows)),
): Promise<Uint8Array> {
  const placed = place(panels);
  const { top, height } = placed.at(-1) ?? { top: 0, height: 0 };
  return rasteriseChart(chartOption(rows, placed), { width: WIDTH, height: top + height + FOOT + TAIL });
}

function place(panels: readonly Panel[]): Placed[] {
  let end = 0;
  return panels.map((panel, i) => {
    const top = end + HEAD;
    const height = i === 0 ? HEIGHTS.first : HEIGHTS.other;
    end = top + height + FOOT;
    return { ...panel, top, height };
  });
}

function chartOption(rows: readonly Row[], panels: readonly Placed[]): EChartsOption {
  const steps = rows.map((row) => row.step!);
  const axisText = { fontSize: 15, color: '#333' };
  return {
    title: panels.map(({ title, top }) => ({
      text: title,
      left: 80,
      top: top - 42,
      textStyle: { fontSize: 18, fontWeight: 'normal' },
    })),
    grid: panels.map(({ top, height }) => ({ top, height, left: 80, right: 40 })),
    legend: panels.map(({ curves, top }) => ({
      data: curves.map(({ name }) => name),
      right: 40,
      top: top - 40,
      icon: 'roundRect',
      itemHeight: 4,
      textStyle: { fontSize: 16 },
    })),
    xAxis: panels.map((_, panel) => ({
      type: 'value',
      gridIndex: panel,
      name: panel === panels.length - 1 ? 'step' : '',
      nameLocation: 'middle',
      nameGap: 34,
      nameTextStyle: axisText,
      axisLabel: axisText,
      min: 0,
      max: steps.at(-1) ?? 1,
      splitLine: { show: false },
    })),
    yAxis: panels.map((panel, gridIndex) => {
      const [min, max] = rangeOf(panel, rows) ?? [];
      return { type: 'value', gridIndex, axisLabel: axisText, axisLine: { show: true }, scale: true, min, max };
    }),
    series: panels.flatMap(({ curves }, panel) =>
      curves.flatMap(({ column, name }, i): SeriesOption[] => {
        const values = rows.map((row) => row[column] ?? Number.NaN);
        const line = {
          name,
          type: 'line' as const,
          xAxisIndex: panel,
          yAxisIndex: panel,
          showSymbol: false,
          color: CURVE_COLORS[i % CURVE_COLORS.length],
          sampling: 'lttb' as const,
        };
        const points = (ys: readonly number[]) => ys.map((y, row) => [steps[row]!, Number.isFinite(y) ? y : null]);
        return [
          { ...line, data: points(values), lineStyle: { width: 1, opacity: 0.3 } },
          { ...line, data: points(smooth(values)), lineStyle: { width: 2.5 } },
        ];
      }),
    ),
  };
}
