/**
 * The roofline (Williams, Waterman, Patterson 2009) for as much data as the points move: rates by operations a byte, both axes
 * logarithmic.
 */
import type { Cost } from '@ganvas/kernels-wgsl';
import { bandwidth, type Ceilings } from '@ganvas/tensor';
import { LineChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import type { LabelLayoutOptionCallbackParams } from 'echarts/types/src/util/types.js';

use([LineChart, ScatterChart, GridComponent, AriaComponent, LabelLayout, SVGRenderer]);

export interface Point {
  name: string;
  cost: Cost;
  gflops: number;
}

export interface RooflineChart {
  show(points: readonly Point[], ceilings: Ceilings): void;
  close(): void;
}

export function createRooflineChart(root: HTMLElement): RooflineChart {
  const chart = init(root, null, { renderer: 'svg' });
  const resize = new ResizeObserver(() => chart.resize());
  resize.observe(root);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let last: Parameters<RooflineChart['show']> | null = null;
  const show: RooflineChart['show'] = (points, ceilings) => {
    last = [points, ceilings];
    const css = getComputedStyle(root);
    const colour = (name: string) => css.getPropertyValue(name).trim();
    const [text, line] = [colour('--text'), colour('--line')];
    const gbps = Math.max(...points.map(({ cost }) => bandwidth(cost.bytes, ceilings)));
    const ridge = ceilings.gflops / gbps;
    const intensities = points.map(({ cost }) => cost.flops / cost.bytes);
    const [least, most] = [
      decade(Math.min(ridge, ...intensities) / 2, -1),
      decade(Math.max(ridge, ...intensities) * 2, 1),
    ];
    const rates = points.map(({ gflops }) => gflops);
    const [lowest, highest] = [decade(Math.min(...rates), -1), decade(ceilings.gflops, 1)];
    const heights = spread(
      rates.map(
        (rate) =>
          (Math.log(highest / rate) / Math.log(highest / lowest)) * (chart.getHeight() - FRAME.top - FRAME.bottom),
      ),
    );
    const roof = [least, ridge, most].map((x) => [x, Math.min(ceilings.gflops, x * gbps)]);
    const axis = {
      type: 'log',
      nameLocation: 'middle',
      axisLabel: { color: text },
      nameTextStyle: { color: text },
      axisLine: { lineStyle: { color: line } },
      splitLine: { lineStyle: { color: line, opacity: 0.5 } },
    } as const;
    chart.setOption(
      {
        aria: { enabled: true, label: { description: described(points, ceilings) } },
        animation: false,
        grid: { left: 64, right: 24, ...FRAME },
        xAxis: { ...axis, min: least, max: most, name: 'operations a byte', nameGap: 28 },
        yAxis: { ...axis, min: lowest, max: highest, name: 'GFLOP/s', nameGap: 44 },
        series: [
          {
            type: 'line',
            data: roof,
            showSymbol: false,
            lineStyle: { color: text, width: 2 },
            endLabel: { show: true, formatter: 'roof', color: text, offset: [-34, 12] },
          },
          {
            type: 'scatter',
            symbolSize: 10,
            itemStyle: { color: colour('--a') },
            labelLayout: ({ dataIndex = 0, rect }: LabelLayoutOptionCallbackParams) => ({
              x: rect.x + 28,
              y: FRAME.top + heights[dataIndex]!,
            }),
            labelLine: { show: true, lineStyle: { color: line } },
            data: points.map(({ name, cost, gflops }) => ({
              value: [cost.flops / cost.bytes, gflops],
              label: { show: true, formatter: name, position: 'right', color: text },
            })),
          },
        ],
      },
      true,
    );
  };
  const again = () => last && show(...last);
  dark.addEventListener('change', again);
  return {
    show,
    close() {
      resize.disconnect();
      dark.removeEventListener('change', again);
      chart.dispose();
    },
  };
}

/** Pixels above and below the plot, and between two labels. */
const FRAME = { top: 16, bottom: 48 };
const LABEL = 15;

/** Heights in their order, moved apart so far that labels do not cover each other. */
function spread(heights: readonly number[]): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!);
  const placed = [...heights];
  for (const [above, i] of order.map((i, place) => [order[place - 1], i] as const))
    if (above !== undefined) placed[i] = Math.max(placed[i]!, placed[above]! + LABEL);
  // As many have been moved down as are crowded: half of that is given back.
  const moved = Math.max(0, ...placed.map((height, i) => height - heights[i]!));
  return placed.map((height) => height - moved / 2);
}

/** The power of ten below or above. */
const decade = (value: number, side: -1 | 1): number =>
  10 ** (side < 0 ? Math.floor(Math.log10(value)) : Math.ceil(Math.log10(value)));

function described(points: readonly Point[], { gflops, gbps }: Ceilings): string {
  const rates = points.map((point) => `${point.name} ${point.gflops.toPrecision(3)}`).join(', ');
  return `Roofline: ${gflops.toPrecision(3)} GFLOP/s of arithmetic, ${gbps.toPrecision(3)} GB/s of memory. Rungs, in GFLOP/s: ${rates}.`;
}
