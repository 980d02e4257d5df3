/** Charts as SVG, drawn by ECharts without a browser. */
import { type EChartsOption, init } from 'echarts';

/**
 * On white, without animation.
 * @param size in pixels
 * @returns the same text for the same option, whatever was drawn before
 */
export function chart(option: EChartsOption, size: { width: number; height: number }): string {
  const drawn = init(null, null, { renderer: 'svg', ssr: true, ...size });
  drawn.setOption({
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif', color: '#1f2933' },
    ...option,
  });
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return `${still(svg)}\n`;
}

/** Without what answers to a pointer, and with names that do not count the charts of the process. */
function still(svg: string): string {
  const names = new Map<string, string>();
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ class="zr[^"]*"/g, '')
    .replace(/zr\d+-[a-z]+\d+/g, (name) => {
      if (!names.has(name)) names.set(name, `part${names.size}`);
      return names.get(name)!;
    });
}
