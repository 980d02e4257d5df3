/** The main chart as a picture: ECharts draws it as SVG without a browser, sharp makes the PNG. */
import { init } from 'echarts';
import sharp from 'sharp';
import { mainChart } from './charts.ts';
import type { Report } from './report.ts';

const WIDTH = 900;
/** Above the chart, for its title. */
const HEAD = 64;
/** Pixels of the picture for one of the chart: sharp on screens with two. */
const DENSITY = 2;

export async function renderPng(report: Report): Promise<Buffer> {
  const { title, about, height, option } = mainChart(report);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: height + HEAD });
  const grid = option.grid as { top: number };
  const legend = option.legend as object | undefined;
  chart.setOption({
    ...option,
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, subtext: about, left: 8, top: 8 },
    grid: { ...grid, top: grid.top + HEAD },
    ...(legend && { legend: { ...legend, top: HEAD, right: 16 } }),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return sharp(Buffer.from(svg), { density: 72 * DENSITY })
    .png({ palette: true })
    .toBuffer();
}
