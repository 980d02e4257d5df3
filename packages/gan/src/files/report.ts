/** What a run was, did and made, as one page to keep and to send: curves, samples as they came to be, configuration, environment. */
import { type Stretch, stretchesOf } from './downsample.ts';
import { escapeHtml, htmlPage, htmlTable, inlineJson } from './html-page.ts';
import { CURVE_COLORS, CURVE_COLORS_DARK, columnsOf, type Panel, panelsOf, type Row, rangeOf } from './panels.ts';
import { REPORT_SCRIPT, REPORT_STYLE } from './report-page.ts';

export interface RunReport {
  title: string;
  config: Readonly<Record<string, unknown>>;
  /** What `describeEnvironment` says. */
  environment: Readonly<Record<string, string>>;
  /** What each training step reported, in their order, each with a `step`. */
  metrics: readonly Row[];
  /** The judge's figures, each row with a `step`. */
  judged: readonly Row[];
  /** Grids of samples as PNG files, in the order of their steps. */
  samples: readonly { step: number; png: Uint8Array }[];
  /** What the reader should know: warnings, where it was resumed. */
  notes: readonly string[];
}

/** A panel as the page draws it. */
interface DrawnPanel {
  title: string;
  range: readonly [number, number] | null;
  curves: { name: string; points: (Stretch | null)[] }[];
}

/** Points of a curve in the page; a run of many thousand steps is drawn in stretches. */
const POINTS = 500;
/** More than a curve shows, fewer than f32 has. */
const DIGITS = 5;

/** One HTML page that needs no network and no other file. Whatever the texts hold, they are shown as text. */
export function renderReport(report: RunReport): string {
  const { title, config, environment, metrics, judged, samples, notes } = report;
  const panels = panelsOf(columnsOf(metrics)).map((panel) => drawn(panel, metrics));
  const figures = panelsOf(columnsOf(judged)).map((panel) => drawn(panel, judged));
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    notes.length > 0 ? `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>` : '',
    samplesPart(samples),
    panels.length + figures.length > 0 ? CONTROLS : '',
    chartsPart('Training', panels, 0),
    chartsPart('Judge’s figures', figures, panels.length),
    numbersPart([
      { panels: panelsOf(columnsOf(metrics)), rows: metrics },
      { panels: panelsOf(columnsOf(judged)), rows: judged },
    ]),
    factsPart('Configuration', config),
    factsPart('Environment', environment),
  ];
  const data = {
    panels: [...panels, ...figures],
    samples: samples.map(({ step, png }) => ({ step, src: dataUrl(png) })),
    colors: { light: CURVE_COLORS, dark: CURVE_COLORS_DARK },
  };
  return htmlPage({
    title,
    body: `<main>\n${body.filter((part) => part !== '').join('\n')}\n</main>`,
    style: REPORT_STYLE,
    script: `const data = ${inlineJson(data)};\n${REPORT_SCRIPT}`,
  });
}

function drawn(panel: Panel, rows: readonly Row[]): DrawnPanel {
  const short = (points: Stretch | null) => points && (points.map((v) => Number(v.toPrecision(DIGITS))) as Stretch);
  const whole = ([step]: Stretch, [, mean, low, high]: Stretch): Stretch => [step, mean, low, high];
  return {
    title: panel.title,
    range: rangeOf(panel, rows) ?? null,
    curves: panel.curves.map(({ column, name }) => ({
      name,
      // Steps in full: only what was measured is rounded.
      points: stretchesOf(rows, column, POINTS).map((points) => points && whole(points, short(points)!)),
    })),
  };
}

const CONTROLS = `<fieldset class="controls"><legend>Curves</legend>
<label>Smoothing <input id="smoothing" type="range" min="0" max="0.99" step="0.01" value="0.9"><output id="smoothing-value" for="smoothing">0.90</output></label>
<label><input id="log" type="checkbox"> logarithmic scale, where all is above 0</label>
</fieldset>`;

function samplesPart(samples: RunReport['samples']): string {
  const last = samples.at(-1);
  if (!last) return '';
  const slider = `<div class="controls"><button id="play" type="button">Play</button>
<label>Step <input id="sample" type="range" min="0" max="${samples.length - 1}" value="${samples.length - 1}"></label>
<output id="sample-step" for="sample">${last.step}</output></div>`;
  return `<h2>Samples</h2>
<p>The same noise, as training goes on. The arrow keys move between steps.</p>
<figure class="samples">${samples.length > 1 ? slider : ''}
<img id="sample-image" src="${dataUrl(last.png)}" alt="Samples after step ${last.step}"></figure>`;
}

function chartsPart(title: string, panels: readonly DrawnPanel[], from: number): string {
  if (panels.length === 0) return '';
  const figures = panels.map(
    (panel, i) =>
      `<figure><h3>${escapeHtml(panel.title)}</h3><div class="chart" id="chart-${from + i}" role="img" aria-label="${escapeHtml(spoken(panel))}"></div></figure>`,
  );
  return `<h2>${title}</h2>\n<div class="cases">\n${figures.join('\n')}\n</div>`;
}

/** A chart in words, for those who do not see it; the table of numbers says more. */
function spoken({ title, curves }: DrawnPanel): string {
  const ends = curves.map(({ name, points }) => {
    const measured = points.filter((point) => point !== null);
    return measured.length > 0 ? `${name} from ${measured[0]![1]} to ${measured.at(-1)![1]}` : `${name} never measured`;
  });
  return `${title} over the steps: ${ends.join(', ')}`;
}

function numbersPart(parts: readonly { panels: readonly Panel[]; rows: readonly Row[] }[]): string {
  const lines = parts.flatMap(({ panels, rows }) =>
    panels.flatMap(({ curves }) => curves.flatMap(({ column, name }) => summary(name, rows, column))),
  );
  if (lines.length === 0) return '';
  return `<h2>Numbers</h2>${htmlTable(lines, ['', 'first', 'last', 'least', 'greatest', 'not finite'])}`;
}

function summary(name: string, rows: readonly Row[], column: string): string[][] {
  const values = rows.map((row) => row[column]).filter((value) => value !== undefined);
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [[name, '–', '–', '–', '–', String(values.length)]];
  const extreme = (pick: (a: number, b: number) => number) => finite.reduce((a, b) => pick(a, b));
  const shown = [finite[0]!, finite.at(-1)!, extreme(Math.min), extreme(Math.max)];
  return [
    [name, ...shown.map((value) => String(Number(value.toPrecision(DIGITS)))), String(values.length - finite.length)],
  ];
}

function factsPart(title: string, facts: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(facts).map(([name, value]) => [name, plainText(value)]);
  return `<section class="facts"><h2>${title}</h2>${htmlTable(rows)}</section>`;
}

const plainText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
const dataUrl = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
