/** The section's page, drawn from its state. */
import { metric } from '@ganvas/kernels-wgsl';
import { significant } from '@ganvas/tensor';
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { FAMILIES } from './families.ts';
import { attainable, costOf, type LadderRung } from './ladder.ts';
import type { State } from './state.ts';

export interface Actions {
  setShape(text: string): void;
  /** While it is written: nothing is computed yet. */
  typeField(name: string, text: string): void;
  setField(name: string, value: string): void;
  chooseRung(place: number): void;
  chooseStage(place: number): void;
  chooseThread(group: number, thread: number): void;
  compare(on: boolean): void;
  run(): void;
  restore(): void;
  climb(): void;
  stop(): void;
}

/** Parts of the page that draw themselves. */
export interface Parts {
  editor: HTMLElement;
  drawing: HTMLElement;
  chart: HTMLElement;
}

export const page = (state: State, act: Actions, parts: Parts): TemplateResult => html`
  <h1>Kernels</h1>
  <p class="lead">
    The same result, computed in better and better ways. Take a rung, see what one thread touches, change the code and run it:
    your own adapter answers.
  </p>
  <nav class="families" aria-label="Families of kernels">
    ${FAMILIES.map(
      ({ title, kernels }) =>
        html`<a href="#/kernels/${kernels.name}" aria-current=${kernels === state.family.kernels ? 'page' : nothing}>${title}</a>`,
    )}
  </nav>
  <p class="about">${state.family.about}</p>
  ${shapeForm(state, act)}
  ${
    state.ladder[state.rung]
      ? [ladderView(state, act, parts), rungView(state, state.ladder[state.rung]!, act, parts)]
      : html`<p class="opening quiet">Opening the adapter …</p>`
  }
`;

const ladderView = (state: State, act: Actions, parts: Parts) => html`
  <section aria-labelledby="ladder-title">
    <h2 id="ladder-title">The ladder</h2>
    ${ladderTable(state, act)}
    <div class="tools">
      ${
        state.climbing === null
          ? html`<button class="primary" ?disabled=${state.ladder.length === 0} @click=${act.climb}>Run the ladder</button>`
          : html`<button @click=${act.stop}>Stop</button>`
      }
      <output aria-live="polite">${state.climbing === null ? ceilings(state) : `Running ${state.climbing} …`}</output>
    </div>
    <figure class="roofline">
      ${parts.chart}
      <figcaption class="quiet">
        ${
          state.ceilings
            ? 'Points under the roof: the slanted part is what memory can feed, the flat part is what arithmetic can do.'
            : 'The roofline of your adapter, and the rungs under it, when the ladder has run.'
        }
      </figcaption>
    </figure>
  </section>
`;

const shapeForm = ({ family, fields, problem, shapeError }: State, act: Actions) => html`
  <form class="shape" aria-label="Shape" @submit=${(event: Event) => event.preventDefault()}>
    <label>
      Start from
      <select @change=${({ target }: Event) => act.setShape((target as HTMLSelectElement).value)}>
        ${family.shapes.map(([name, shape]) => html`<option value=${shape}>${name}</option>`)}
      </select>
    </label>
    ${[...fields].map(
      ([name, value]) => html`<label>
        ${name}
        <input
          .value=${live(value)}
          size=${Math.max(4, value.length)}
          title=${family.kernels.fields[name]!}
          autocomplete="off"
          spellcheck="false"
          aria-describedby="shape-said"
          @input=${({ target }: Event) => act.typeField(name, (target as HTMLInputElement).value)}
          @change=${({ target }: Event) => act.setField(name, (target as HTMLInputElement).value.trim())}
        />
      </label>`,
    )}
    <p id="shape-said" class=${shapeError ? 'wrong' : 'quiet'} aria-live="polite">
      ${
        shapeError ??
        html`At least ${metric(problem.cost.flops, 'flop')} and ${metric(problem.cost.bytes, 'B')}:
        ${significant(problem.cost.flops / problem.cost.bytes)} operations a byte.`
      }
    </p>
  </form>
`;

const ladderTable = (state: State, act: Actions) => html`
  <div class="scroll" tabindex="0" role="group" aria-label="Rungs and what they reach">
    <table class="ladder">
      <thead>
        <tr><th scope="col">Rung</th><th scope="col" class="number">ms</th><th scope="col" class="number">GFLOP/s</th><th scope="col">Of the roof</th><th scope="col">Result</th></tr>
      </thead>
      <tbody>
        ${state.ladder.map((rung, place) => ladderRow(state, rung, place, act))}
      </tbody>
    </table>
  </div>
`;

function ladderRow(state: State, { candidate, refused }: LadderRung, place: number, act: Actions) {
  const { name } = candidate;
  const outcome = state.outcomes.get(name);
  const done = typeof outcome === 'object' ? outcome : null;
  const share = done && state.ceilings ? done.gflops / attainable(state.problem.cost, state.ceilings) : null;
  return html`<tr class=${place === state.rung ? 'chosen' : ''}>
    <th scope="row">
      <button aria-pressed=${place === state.rung} @click=${() => act.chooseRung(place)}>${name}</button>
    </th>
    <td class="number">${done ? significant(done.measured.ms) : ''}</td>
    <td class="number">${done ? significant(done.gflops) : ''}</td>
    <td>${share === null ? '' : html`<span class="share" style="--share: ${Math.min(1, share)}">${significant(100 * share)} %</span>`}</td>
    <td class=${done?.verdict ? (done.verdict.right ? 'right' : 'wrong') : 'quiet'}>
      ${refused ?? (typeof outcome === 'string' ? outcome : done ? verdictWord(done.verdict) : '')}
    </td>
  </tr>`;
}

const verdictWord = (verdict: { right: boolean } | null): string =>
  verdict === null ? 'not checked: too long for plain loops' : verdict.right ? 'right' : 'wrong';

function ceilings({ ceilings: found, outcomes }: State): string {
  if (!found) return '';
  const clocks = new Set([...outcomes.values()].flatMap((o) => (typeof o === 'object' ? [o.measured.clock] : [])));
  const clock = clocks.has('device')
    ? 'Times by the device’s clock.'
    : 'Times by the host’s clock, the way to the device included.';
  return `Your adapter: ${significant(found.gflops)} GFLOP/s of multiply-adds, ${significant(found.gbps)} GB/s of memory. ${clock}`;
}

function rungView(state: State, { candidate, refused }: LadderRung, act: Actions, parts: Parts) {
  const { kernel } = candidate.stages[state.stage]!;
  const cost = costOf(candidate);
  const { invocations = 1, workgroupStorage = 0 } = kernel.requires;
  const below = state.ladder[state.rung - 1]?.candidate.name;
  return html`
    <section aria-labelledby="rung-title">
      <h2 id="rung-title">${candidate.name}</h2>
      <p class="about">${candidate.idea}</p>
      <dl class="facts">
        <div><dt>Operations</dt><dd>${metric(cost.flops, 'flop')}</dd></div>
        <div><dt>Bytes moved at least</dt><dd>${metric(cost.bytes, 'B')}</dd></div>
        <div><dt>Arithmetic intensity</dt><dd>${significant(cost.flops / cost.bytes)} flop/B</dd></div>
        <div><dt>Workgroups</dt><dd>${kernel.workgroups.join(' × ')} of ${invocations} threads</dd></div>
        <div><dt>Workgroup memory</dt><dd>${workgroupStorage > 0 ? metric(workgroupStorage, 'B') : 'none'}</dd></div>
      </dl>
      ${
        candidate.stages.length > 1
          ? html`<div class="tools" role="group" aria-label="Dispatches of this rung">
              ${candidate.stages.map(
                ({ kernel: { name } }, i) =>
                  html`<button aria-pressed=${i === state.stage} @click=${() => act.chooseStage(i)}>Dispatch ${i + 1}: ${name.split('/').at(-1)}</button>`,
              )}
            </div>`
          : nothing
      }
      <h3>What one thread touches</h3>
      <p class="about">
        In full colour what the chosen thread reads and writes, pale what the rest of its workgroup does. Point at an element that is
        written to choose its thread, which WGSL calls an invocation. The kernel itself says so: it ran on your adapter with each
        access noted.
      </p>
      ${threadForm(state, act)}
      ${parts.drawing}
      <p class="drawn" aria-live="polite">${refused ? `This device cannot run it, so nothing is drawn: ${refused}.` : state.drawn}</p>
      <h3>Its WGSL</h3>
      <div class="tools">
        <button class="primary" ?disabled=${refused !== null || state.answer.kind === 'busy' || state.climbing !== null} @click=${act.run}>Run</button>
        <button @click=${act.restore}>Undo all changes</button>
        ${
          below
            ? html`<label><input type="checkbox" .checked=${live(state.comparing)} @change=${({ target }: Event) => act.compare((target as HTMLInputElement).checked)} /> Difference to ${below}</label>`
            : nothing
        }
        <span class="quiet">Change it, and run it with Ctrl-Enter.</span>
      </div>
      ${parts.editor}
      <output class="answer ${state.answer.kind}" aria-live="polite">${state.answer.text}</output>
    </section>
  `;
}

const threadForm = ({ chosen: { group, thread, groups, threads } }: State, act: Actions) => {
  const number = (label: string, value: number, count: number, set: (value: number) => void) => html`<label>
    ${label}
    <input
      type="number"
      min="0"
      max=${count - 1}
      .value=${live(String(value))}
      @input=${({ target }: Event) => {
        const wanted = (target as HTMLInputElement).valueAsNumber;
        if (Number.isInteger(wanted) && wanted >= 0 && wanted < count) set(wanted);
      }}
    />
    of ${count.toLocaleString('en')}
  </label>`;
  return html`<div class="tools">
    ${number('Workgroup', group, groups, (value) => act.chooseThread(value, thread))}
    ${number('Thread', thread, threads, (value) => act.chooseThread(group, value))}
  </div>`;
};
