/** A picture of points of the plane: latents, or features, as PCA or t-SNE lays them out. */
import type { ScatterSeriesOption } from 'echarts';
import { rasteriseChart } from './rasterise.ts';

const [WIDTH, HEIGHT] = [1000, 900];
/** Ten hues and lightnesses that differ for colour-blind readers too (Petroff 2021); more classes begin anew, and have their names. */
const CLASS_COLORS = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#94a4a2',
  '#832db6',
  '#a96b59',
  '#e76300',
  '#b9ac70',
  '#717581',
  '#92dadd',
];

export interface ScatterOptions {
  /** Write each class' name in the middle of its points. Default true, where there is more than one class. */
  labelled?: boolean;
  /** Both axes reach from −extent to extent; default: as far as the points. A fixed one makes pictures comparable. */
  extent?: number;
}

/**
 * PNG, 1000 × 900: each point in the colour of its class, later classes over earlier ones, and each class' name at the median of
 * its points. Axes have one scale and no numbers: of an embedding only nearness means something.
 * @param points [n, 2]
 * @param classes [n], each below the number of names
 * @param names of the classes; one of them for points without classes, which then are not labelled
 */
export function drawScatter(
  points: ArrayLike<number>,
  classes: ArrayLike<number>,
  names: readonly string[],
  { labelled = names.length > 1, extent }: ScatterOptions = {},
): Promise<Uint8Array> {
  if (points.length !== 2 * classes.length)
    throw new Error(
      `drawScatter: expected points [n, 2] and classes [n], got ${points.length} numbers and ${classes.length} classes`,
    );
  const members = names.map((): [number, number][] => []);
  for (let i = 0; i < classes.length; i++) {
    const of = members[classes[i]!];
    if (!of) throw new Error(`drawScatter: expected classes below ${names.length}, got ${classes[i]}`);
    of.push([points[2 * i]!, points[2 * i + 1]!]);
  }
  const plot = { left: 30, right: 30, top: names.length > 1 ? 70 : 30, bottom: 30 };
  const box = { width: WIDTH - plot.left - plot.right, height: HEIGHT - plot.top - plot.bottom };
  const reached = extent === undefined ? members.flat() : cornersAt(extent);
  const [x, y] = squareAxes(reached, box);
  const axis = {
    type: 'value' as const,
    axisLabel: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  };
  const legend = { top: 20, icon: 'circle', textStyle: { fontSize: 16 } };
  return rasteriseChart(
    {
      color: CLASS_COLORS,
      grid: { ...plot, show: true, borderColor: '#bbb' },
      xAxis: { ...axis, ...x, axisLine: { show: false } },
      yAxis: { ...axis, ...y, axisLine: { show: false } },
      ...(names.length > 1 && { legend }),
      series: members.map((data, i) => classSeries(names[i]!, data, labelled)),
    },
    { width: WIDTH, height: HEIGHT },
  );
}

function classSeries(name: string, data: [number, number][], labelled: boolean): ScatterSeriesOption {
  const middle = [0, 1].map((c) => median(data.map((point) => point[c]!)));
  const label = {
    show: true,
    formatter: '{b}',
    color: '#000',
    fontSize: 20,
    textBorderColor: '#fff',
    textBorderWidth: 4,
  };
  const mark = { symbol: 'circle', symbolSize: 1, silent: true, label, data: [{ name, coord: middle }] };
  return {
    name,
    type: 'scatter',
    data,
    symbolSize: 6,
    itemStyle: { opacity: 0.75 },
    ...(labelled && data.length > 0 && { markPoint: mark }),
  };
}

const cornersAt = (extent: number): [number, number][] => [
  [-extent, -extent],
  [extent, extent],
];

/** Limits of both axes around all points, a unit as long on one as on the other. */
function squareAxes(points: readonly [number, number][], box: { width: number; height: number }) {
  const ends = [0, 1].map((c) => {
    const finite = points.map((point) => point[c]!).filter(Number.isFinite);
    return finite.reduce(([low, high], v) => [Math.min(low!, v), Math.max(high!, v)], [Infinity, -Infinity]);
  });
  const unit = Math.max((ends[0]![1]! - ends[0]![0]!) / box.width, (ends[1]![1]! - ends[1]![0]!) / box.height);
  // No points, or all in one place: any scale will do.
  const perPixel = unit > 0 && Number.isFinite(unit) ? 1.05 * unit : 1;
  return [box.width, box.height].map((pixels, c) => {
    const middle = (ends[c]![0]! + ends[c]![1]!) / 2 || 0;
    return { min: middle - (perPixel * pixels) / 2, max: middle + (perPixel * pixels) / 2 };
  });
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
