/** Charts as PNG files: ECharts draws SVG without a browser, resvg makes the pixels. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { EChartsOption } from 'echarts';

/** @param size in pixels */
export async function rasteriseChart(
  option: EChartsOption,
  size: { width: number; height: number },
): Promise<Uint8Array> {
  const { init } = await import('echarts'); // takes a second to load, which only those wait for who draw
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption({ animation: false, backgroundColor: '#fff', textStyle: { fontFamily: 'Roboto' }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return rasterise(svg);
}

const packaged = (file: string) => readFileSync(createRequire(import.meta.url).resolve(file));
let resvg: Promise<typeof import('@resvg/resvg-wasm')> | undefined;

/** SVG to PNG with a font that comes along: a bare machine has none. */
async function rasterise(svg: string): Promise<Uint8Array> {
  resvg ??= openResvg();
  const { Resvg } = await resvg;
  const font = packaged('@fontsource/roboto/files/roboto-latin-400-normal.woff2');
  return new Resvg(svg, { font: { fontBuffers: [font], defaultFontFamily: 'Roboto' } }).render().asPng();
}

async function openResvg(): Promise<typeof import('@resvg/resvg-wasm')> {
  const library = await import('@resvg/resvg-wasm');
  await library.initWasm(packaged('@resvg/resvg-wasm/index_bg.wasm'));
  return library;
}
