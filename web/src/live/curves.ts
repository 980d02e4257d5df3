/** A chart with its key: what each line is, and its last value, which a screen reader can read as well. */
import { html, type TemplateResult } from 'lit-html';
import type { Series } from './chart.ts';

export const curves = (
  title: string,
  series: readonly Series[],
  last: readonly number[] | null,
): TemplateResult => html`
  <figure>
    <figcaption>
      <strong>${title}</strong>
      ${series.map(
        ({ name, colour }, i) => html`<span>
          <span class="key" style="background:var(${colour})"></span>${name} <span class="number">${last ? last[i]!.toFixed(3) : '–'}</span>
        </span>`,
      )}
    </figcaption>
    <canvas class="chart" role="img" aria-label="${title}, step by step"></canvas>
  </figure>
`;
