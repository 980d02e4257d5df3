/** The pieces of the picture: the kernel's text, what a step did, the variables in sight, and memory. */
import { html, nothing } from 'lit-html';
import { type Drawing, precise, short } from './memory.ts';
import type { Access, Local } from './thread.ts';
import type { Step, Trace } from './trace.ts';
import { typeName, type Value } from './value.ts';

/** The kernel's text with line numbers; what ran is marked. */
export function codeView({ code, steps }: Trace, at: number) {
  const span = steps[at]?.span;
  let start = 0;
  return html`<pre class="code" tabindex="0" aria-label="The kernel in WGSL"><code>${code.split('\n').map((line, i) => {
    const from = start;
    const to = from + line.length;
    start = to + 1;
    const here = span && span.start < to && span.end > from;
    const [a, b] = here ? [Math.max(span.start, from) - from, Math.min(span.end, to) - from] : [0, 0];
    const text = here ? html`${line.slice(0, a)}<mark>${line.slice(a, b)}</mark>${line.slice(b)}` : line;
    return html`<span class=${here ? 'line here' : 'line'} data-line=${i + 1}>${text}\n</span>`;
  })}</code></pre>`;
}

const place = ({ name, index }: Access): string => `${name}[${index}]`;

/** Reads and writes of a step, in their order. */
export function accessesView(step: Step | undefined) {
  const accesses = step?.accesses ?? [];
  return html`<ul class="accesses" tabindex="0" aria-label="Reads and writes of this step">
    ${accesses.map(
      (access) => html`<li class=${access.kind}>
        ${access.kind === 'read' ? 'reads' : 'writes'} <code>${place(access)}</code>${
          access.space === 'workgroup' ? ' (workgroup memory)' : ''
        } = <code>${precise(access.value)}</code>
      </li>`,
    )}
    ${accesses.length === 0 ? html`<li class="quiet">touches no memory</li>` : nothing}
  </ul>`;
}

const shown = (value: Value, { type }: Local): string =>
  type.of === 'bool' && typeof value === 'number' ? String(value !== 0) : precise(value);

/** Variables in sight; those that the step changed stand out. */
export function variablesView({ steps }: Trace, at: number) {
  const step = steps[at];
  const before = steps[at - 1]?.frame ?? [];
  const isNew = ({ slot }: Local) => JSON.stringify(before[slot]) !== JSON.stringify(step!.frame[slot]);
  const locals = (step?.locals ?? []).filter(({ slot }) => step!.frame[slot] !== undefined);
  return html`<div class="variables" tabindex="0" role="region" aria-label="Variables">
    <table>
      <thead><tr><th scope="col">variable</th><th scope="col">type</th><th scope="col">value</th></tr></thead>
      <tbody>
        ${locals.toReversed().map(
          (local) => html`<tr class=${isNew(local) ? 'changed' : ''}>
            <th scope="row"><code>${local.name}</code></th>
            <td class="quiet">${typeName(local.type)}</td>
            <td><code>${shown(step!.frame[local.slot]!, local)}</code>${
              isNew(local) ? html`<span class="sr"> changed</span>` : nothing
            }</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A memory as a matrix of numbers. */
export function memoryView({ name, what, columns, cells }: Drawing) {
  const count = (...marks: string[]) => cells.filter(({ mark }) => marks.includes(mark)).length;
  const told = `${name}: ${count('read')} read now, ${count('written')} written now, ${count('seen', 'made')} touched before`;
  return html`<figure class="memory">
    <figcaption><code>${name}</code> <span class="quiet">${what}</span></figcaption>
    ${
      cells.length === 0
        ? html`<p class="quiet">Too large to draw; see the list of reads and writes.</p>`
        : html`<div class="scroll" tabindex="0" role="img" aria-label=${told}>
            <div class="cells" style=${`--columns: ${columns}`}>
              ${cells.map(({ value, mark }) => html`<span class=${mark}>${short(value)}</span>`)}
            </div>
          </div>`
    }
  </figure>`;
}
