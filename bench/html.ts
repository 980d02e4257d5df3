/** A report as one page that needs no network: its data, ECharts, and the few lines that draw. */
import { escapeHtml, htmlPage, htmlTable, inlineJson } from '@ganvas/gan';
import { type Chart, caseChart, mainChart, rooflineChart } from './charts.ts';
import { comparePeers } from './peer-table.ts';
import type { Report } from './report.ts';
import { significant } from './table.ts';

export function renderHtml(report: Report): string {
  const names = [...new Set(report.cases.map((c) => c.case))];
  const cases = names.map((name) => caseChart(report.cases.filter((c) => c.case === name)));
  const charts: Chart[] = [mainChart(report), rooflineChart(report), ...cases];
  const figure = ({ title, about, height }: Chart, i: number, level: 'h2' | 'h3') =>
    `<figure><${level}>${escapeHtml(title)}</${level}>${about && `<p>${escapeHtml(about)}</p>`}<div id="chart-${i}" style="height:${height}px"></div></figure>`;
  const title = `ganvas on ${report.device.adapter}`;
  const body = `<h1>${escapeHtml(title)}</h1>
${deviceTable(report)}
${figure(charts[0]!, 0, 'h2')}
${figure(charts[1]!, 1, 'h2')}
${bandwidthTable(report)}
${costsTable(report)}
${peersTable(report)}
<h2>Cases</h2>
<p>Every kernel or engine that was measured, as a share of what the roofline allows, with its milliseconds.</p>
<div class="cases">
${cases.map((chart, i) => figure(chart, i + 2, 'h3')).join('\n')}
</div>
${untimedTable(report)}`;
  const options = inlineJson(charts.map(({ option }) => option));
  return htmlPage({ title, body, script: `const options = ${options};\n${SCRIPT}` });
}

function deviceTable({ device, peers }: Report): string {
  return htmlTable([
    ['adapter', `${device.adapter} (${device.class}, ${device.backend})`],
    ['driver', device.driver],
    ['features', device.features.join(', ') || 'none'],
    ['toggles', device.toggles.join(', ')],
    ['machine', `${device.processor}, ${device.threads} threads`],
    ['versions', `Node ${device.node}, Dawn ${device.dawn}`],
    ...Object.entries(peers).map(([engine, version]) => [engine, version]),
    ['date', device.date],
  ]);
}

function bandwidthTable({ roofline }: Report): string {
  const cells = roofline.streams.map(({ bytes, gbps }) => [`${bytes / 2 ** 20} MB`, significant(gbps)]);
  return `<h2>Bandwidth</h2><p>Of copies and sums, by how much they move: little stays in a cache.</p>${htmlTable(cells, ['moved', 'GB/s'])}`;
}

function costsTable({ roofline: r }: Report): string {
  const rows = [
    ['an op called on its own', r.eagerOpUs],
    ['a captured step with one op, replayed', r.replayUs],
    ['one more dispatch in a submission', r.dispatchUs],
    ['of which the host, to encode and submit it', r.encodeUs],
    ['an empty submission', r.submitUs],
    ['reading a value back', r.readbackUs],
  ] as const;
  const cells = rows.map(([what, us]) => [what, significant(us)]);
  return `<h2>Costs</h2>${htmlTable(cells, ['what', 'µs'])}`;
}

function peersTable(report: Report): string {
  const comparisons = comparePeers(report);
  if (comparisons.length === 0) return '';
  const engines = [...new Set(comparisons.flatMap(({ wall }) => Object.keys(wall)))];
  const rows = comparisons.map((c) => [
    c.case,
    ...engines.map((engine) => (c.wall[engine] === undefined ? '–' : significant(c.wall[engine]))),
    c.ratio === null ? '–' : `${significant(c.ratio)}×`,
  ]);
  return `<h2>Engines</h2><p>Milliseconds of wall time, and how many times as fast as the better of the other WebGPU engines.</p>${htmlTable(rows, ['case', ...engines, 'ratio'])}`;
}

function untimedTable({ untimed }: Report): string {
  if (untimed.length === 0) return '';
  const rows = untimed.map((u) => [u.case, u.engine, u.rung, u.reason]);
  return `<h2>Not timed</h2>${htmlTable(rows, ['case', 'engine', 'rung', 'why'])}`;
}

const SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
let charts = [];
function draw() {
  for (const chart of charts) chart.dispose();
  charts = options.map((option, i) => {
    const chart = echarts.init(document.getElementById('chart-' + i), dark.matches ? 'dark' : null);
    chart.setOption({ ...option, backgroundColor: 'transparent', animation: false });
    return chart;
  });
}
draw();
dark.addEventListener('change', draw);
addEventListener('resize', () => { for (const chart of charts) chart.resize(); });`;
