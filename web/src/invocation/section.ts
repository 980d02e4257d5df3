/** One invocation: a single thread of a kernel, step by step, forwards and back. */
import { html, nothing, render } from 'lit-html';
import type { OpenSection } from '../section.ts';
import { openAsker } from './asker.ts';
import type { Three } from './interpret.ts';
import './invocation.css';
import { drawingsAt } from './memory.ts';
import type { RungOffer, Rungs } from './messages.ts';
import { layoutOf, PROBLEMS } from './problems.ts';
import { iteration, type Trace } from './trace.ts';
import { accessesView, codeView, memoryView, variablesView } from './views.ts';

const AXES = ['x', 'y', 'z'] as const;

export const open: OpenSection = (root, { path }) => {
  const asker = openAsker();
  let problem = PROBLEMS.find(({ family }) => family === path[0]) ?? PROBLEMS[0]!;
  let rungs: Rungs | null = null;
  let rung: RungOffer | null = null;
  let stage = 0;
  let thread: Three = [0, 0, 0];
  let trace: Trace | null = null;
  let at = 0;
  let error = '';
  /** Counts the questions: an answer to one that is no longer the last is dropped. */
  let asked = 0;

  const fail = (turn: number) => (cause: unknown) => {
    if (turn !== asked) return;
    error = cause instanceof Error ? cause.message : String(cause);
    draw();
  };

  function chooseFamily(family: string, name?: string): void {
    problem = PROBLEMS.find((p) => p.family === family)!;
    [rungs, rung, trace, error] = [null, null, null, ''];
    const turn = ++asked;
    draw();
    asker.ask({ kind: 'rungs', family }).then((answer) => {
      if (turn !== asked || !('rungs' in answer)) return;
      rungs = answer.rungs;
      chooseRung(name !== undefined && rungs.offers.some((r) => r.name === name) ? name : rungs.offers[0]!.name);
    }, fail(turn));
  }

  function chooseRung(name: string): void {
    rung = rungs!.offers.find((r) => r.name === name)!;
    stage = 0;
    history.replaceState(null, '', `#/invocation/${problem.family}/${name}`);
    chooseThread([0, 0, 0]);
  }

  function chooseThread(chosen: Three): void {
    const { threads } = rung!.stages[stage]!;
    thread = chosen.map((id, axis) =>
      Math.min(Math.max(Math.trunc(id) || 0, 0), threads[axis]! - 1),
    ) as unknown as Three;
    const turn = ++asked;
    error = '';
    draw();
    asker.ask({ kind: 'trace', family: problem.family, rung: rung!.name, stage, thread }).then((answer) => {
      if (turn !== asked || !('trace' in answer)) return;
      [trace, at] = [answer.trace, 0];
      draw();
    }, fail(turn));
  }

  function go(to: number): void {
    if (!trace) return;
    at = Math.min(Math.max(to, 0), trace.steps.length - 1);
    draw();
  }
  const last = () => (trace ? trace.steps.length - 1 : 0);
  const MOVES = [
    { key: 'Home', name: 'Start', to: () => 0 },
    { key: 'ArrowUp', name: 'Round before', to: () => iteration(trace!, at, -1) },
    { key: 'ArrowLeft', name: 'Back', to: () => at - 1 },
    { key: 'ArrowRight', name: 'Step', to: () => at + 1 },
    { key: 'ArrowDown', name: 'Next round', to: () => iteration(trace!, at, 1) },
    { key: 'End', name: 'End', to: last },
  ] as const;

  const onKey = (event: KeyboardEvent): void => {
    const move = MOVES.find(({ key }) => key === event.key);
    const from = event.target as Element;
    if (!move || !trace || event.ctrlKey || event.metaKey || event.altKey || from.closest('select, input')) return;
    event.preventDefault();
    go(move.to());
  };

  const controls = () => html`<div class="tools">
    <label>Kernel
      <select id="family" @change=${(e: Event) => chooseFamily((e.target as HTMLSelectElement).value)}>
        ${PROBLEMS.map((p) => html`<option value=${p.family} ?selected=${p === problem}>${p.title}</option>`)}
      </select></label>
    <label>Rung
      <select id="rung" ?disabled=${!rungs} @change=${(e: Event) => chooseRung((e.target as HTMLSelectElement).value)}>
        ${(rungs?.offers ?? []).map((r) => html`<option value=${r.name} ?selected=${r === rung}>${r.name}</option>`)}
      </select></label>
    ${
      (rung?.stages.length ?? 1) > 1
        ? html`<label>Dispatch
            <select id="stage" @change=${(e: Event) => {
              stage = Number((e.target as HTMLSelectElement).value);
              chooseThread([0, 0, 0]);
            }}>
              ${rung!.stages.map((_, i) => html`<option value=${i} ?selected=${i === stage}>${i + 1}</option>`)}
            </select></label>`
        : nothing
    }
    ${AXES.map((name, axis) => {
      const most = rung?.stages[stage]?.threads[axis] ?? 1;
      if (most === 1 && axis > 0) return nothing;
      return html`<label>Thread ${name}
        <input class="id" type="number" id=${`thread-${name}`} min="0" max=${most - 1} .value=${String(thread[axis])} ?disabled=${!rung}
          @change=${(e: Event) => chooseThread(thread.with(axis, Number((e.target as HTMLInputElement).value)) as unknown as Three)} />
        <span class="quiet">of ${most}</span></label>`;
    })}
  </div>`;

  const player = () => html`<div class="tools player">
      ${MOVES.map(
        ({ key, name, to }) =>
          html`<button class=${key === 'ArrowRight' ? 'primary' : ''} aria-keyshortcuts=${key} ?disabled=${!trace}
            @click=${() => trace && go(to())}>${name}</button>`,
      )}
    </div>
    <div class="tools">
      <label class="wide">Step <input type="range" min="0" max=${last()} .value=${String(at)} ?disabled=${!trace}
        @input=${(e: Event) => go(Number((e.target as HTMLInputElement).value))} /></label>
      <output id="step" aria-live="polite">${trace ? `${at + 1} of ${trace.steps.length}` : 'computing …'}</output>
    </div>`;

  const picture = ({ before }: Trace) => {
    const drawings = drawingsAt(trace!, at, (binding) => layoutOf(problem, before[binding]!.slot));
    return html`<div class="invocation">
      <section class="text" aria-label="Text">${codeView(trace!, at)}</section>
      <section class="state" aria-label="State">
        <h2>This step</h2>
        ${accessesView(trace!.steps[at])}
        <h2>Variables</h2>
        ${variablesView(trace!, at)}
      </section>
      <section class="memories" aria-label="Memory">
        <p class="legend"><span class="read">read now</span> <span class="written">written now</span>
          <span class="seen">read before</span> <span class="made">written before</span> <span>· not written yet</span></p>
        ${drawings.map(memoryView)}
      </section>
    </div>`;
  };

  function draw(): void {
    render(
      html`<div @keydown=${onKey}>
        <h1>One invocation</h1>
        <p class="lead">A GPU starts a kernel’s <code>main</code> thousands of times at once; each thread learns from its id which
          numbers are its own. Here you follow one. The arrow keys step: right and left a statement, down and up a round of the loop.</p>
        ${controls()} ${player()}
        <p class="idea quiet">${rung?.idea ?? ''}</p>
        ${error ? html`<p class="error" role="alert">The interpreter failed: ${error}</p>` : nothing}
        <div class="stage">${trace ? picture(trace) : nothing}</div>
        <p id="agreement">${trace ? agreement(trace) : nothing}</p>
        <details>
          <summary>What runs here, and what cannot</summary>
          <p>The kernel’s own text, interpreted in JavaScript with f32 rounded after every operation; the GPU is not used. All threads of
            the dispatch run, those of a workgroup from barrier to barrier, so that shared memory holds what it holds on a GPU.</p>
          ${
            rungs && rungs.refused.length > 0
              ? html`<p>Rungs that are not offered, and what in them an interpreter cannot know:</p>
                  <ul>${rungs.refused.map(({ name, why }) => html`<li><code>${name}</code>: ${why}</li>`)}</ul>`
              : nothing
          }
        </details>
      </div>`,
      root,
    );
    showLine(root);
  }

  chooseFamily(problem.family, path[1]);
  return () => asker.close();
};

/** How far the result of all threads lies from the reference. */
function agreement({ result, reference }: Trace): string {
  if (!reference) return '';
  const far = Math.max(...Array.from(reference, (want, i) => Math.abs(result[i]! - want)));
  return `All threads together: ${reference.length} numbers, at most ${far.toExponential(1)} from the float64 reference.`;
}

/** Scrolls the text, not the page, so that what ran is in sight. */
function showLine(root: HTMLElement): void {
  const [code, line] = [root.querySelector<HTMLElement>('.code'), root.querySelector<HTMLElement>('.line.here')];
  if (!code || !line) return;
  const top = line.offsetTop; // from the top of the text, which is positioned
  if (top < code.scrollTop + 40 || top > code.scrollTop + code.clientHeight - 60)
    code.scrollTop = top - code.clientHeight / 2;
}
