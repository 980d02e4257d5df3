/** Pages that stand alone: one file, no network, light or dark as the reader's system is. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** ECharts with lines, bars, points and their surroundings, minified (Apache License 2.0, its notice included). */
const library = (): string =>
  readFileSync(createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js'), 'utf8');

/** Text as HTML, between tags or in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!);

/** A value as JavaScript, safe within a script element: nothing in it can end the element. */
export const inlineJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Cells are text. */
export function htmlTable(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const line = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${head ? line(head, 'th') : ''}${rows.map((cells) => line(cells, 'td')).join('')}</table>`;
}

export interface HtmlPage {
  /** Text. */
  title: string;
  /** HTML. */
  body: string;
  /** CSS, after the style that all pages have. */
  style?: string;
  /** JavaScript, run at the end of the page; `echarts` is there. */
  script: string;
}

export const htmlPage = ({ title, body, style = '', script }: HtmlPage): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
${body}
<script>${library()}</script>
<script>
${script}
</script>
</html>
`;

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1100px; margin: 0 auto; padding: 12px; }
h1 { font-size: 1.4em; } h2 { font-size: 1.15em; margin: 1.6em 0 .3em; } h3 { font-size: 1em; margin: .8em 0 0; }
p { margin: .2em 0 .5em; opacity: .8; } figure { margin: 0; min-width: 0; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td, th { padding: 3px 12px 3px 0; text-align: left; vertical-align: top; border-bottom: 1px solid #8884; font-variant-numeric: tabular-nums; }
.cases { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 0 24px; }`;
