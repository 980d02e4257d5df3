/** A profile of a step, drawn: every dispatch in the order in which it runs, as wide as its time. */
import { chromeTrace, type Profile } from '@ganvas/tensor';
import { html, nothing, svg, type TemplateResult } from 'lit-html';

const HEIGHT = 56;
/** Rectangles are drawn on an axis of so many units; the picture stretches to the page's width. */
const UNITS = 1000;
/** Of a dispatch's width, so that neighbours stay apart. */
const FILLED = 0.9;
/** Families with a colour of their own: the slowest ones. */
const COLOURS = ['--a', '--b', '--c', '--d'];

export function timeline(profile: Profile): TemplateResult {
  const { dispatches, families, ms, wallMs, clock } = profile;
  const colours = new Map(families.map(({ family }, i) => [family, `var(${COLOURS[i] ?? '--quiet'})`]));
  const unit = UNITS / (1000 * ms || 1);
  const bars = chromeTrace(profile).traceEvents.map((event) =>
    event.ph === 'X'
      ? svg`<rect x=${event.ts * unit} y="0" width=${event.dur * unit * FILLED} height=${HEIGHT} style="fill:${colours.get(event.cat)}"><title>${event.name}: ${shown(event.dur / 1000)} ms</title></rect>`
      : nothing,
  );
  const slowest = dispatches.toSorted((a, b) => b.ms - a.ms).slice(0, 8);
  return html`
    <p>
      ${dispatches.length} dispatches, ${shown(ms)} ms by the clock of ${clock === 'gpu' ? 'the device' : 'the page'}, each in a
      pass of its own; one after the other, as in training, the step takes ${shown(wallMs)} ms. Browsers round the device’s clock,
      so short dispatches may read 0.
    </p>
    <svg class="timeline" viewBox="0 0 ${UNITS} ${HEIGHT}" preserveAspectRatio="none" role="img"
      aria-label="Dispatches of one training step, in order, each as wide as its time">${bars}</svg>
    <div class="tables">
      <table>
        <caption>By kernel family</caption>
        <thead><tr><th scope="col">Family</th><th scope="col">Dispatches</th><th scope="col">ms</th><th scope="col">Share</th></tr></thead>
        <tbody>
          ${families.map(
            ({ family, dispatches: count, ms: time, share }) => html`<tr>
              <th scope="row"><span class="key" style="background:${colours.get(family)}"></span>${family}</th>
              <td class="number">${count}</td><td class="number">${shown(time)}</td><td class="number">${Math.round(100 * share)} %</td>
            </tr>`,
          )}
        </tbody>
      </table>
      <table>
        <caption>The slowest dispatches</caption>
        <thead><tr><th scope="col">Ops</th><th scope="col">Kernel</th><th scope="col">ms</th></tr></thead>
        <tbody>
          ${slowest.map(
            ({ label, kernel, ms: time }) => html`<tr>
              <th scope="row"><code>${label}</code></th><td><code>${kernel}</code></td><td class="number">${shown(time)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const shown = (ms: number): string => ms.toLocaleString('en', { maximumSignificantDigits: 3 });
