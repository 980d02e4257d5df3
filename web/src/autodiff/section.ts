/** Autodiff: a function as one writes it, its program, its gradient rule by rule, and its kernels. */
import { html, nothing, render } from 'lit-html';
import gradients from '../../../packages/autograd/src/gradients.ts?raw';
import type { OpenSection } from '../section.ts';
import { type Analysis, analyse } from './analysis.ts';
import './autodiff.css';
import { EXAMPLES } from './examples.ts';
import { FUNCTIONS } from './functions.ts';
import { LanguageError } from './language.ts';
import { rulesIn } from './rules.ts';
import { stepsOf } from './steps.ts';
import { gradientsView, graphView, kernelsView, stepView } from './views.ts';

const RULES = rulesIn(gradients);

export const open: OpenSection = (root, { device }) => {
  let text = EXAMPLES[0]!.text;
  let analysis: Analysis | null = null;
  let at = 0;
  let error: { message: string; line?: number } | null = null;
  let busy = false;
  /** Counts the runs: an answer to a text that is no longer the last is dropped. */
  let turn = 0;

  async function run(): Promise<void> {
    const own = ++turn;
    [busy, error] = [true, null];
    draw();
    try {
      await device();
      const made = await analyse(text);
      if (own !== turn) return;
      [analysis, at] = [made, 0];
    } catch (cause) {
      if (own !== turn) return;
      const message = cause instanceof Error ? cause.message : String(cause);
      error =
        cause instanceof LanguageError ? { message, line: text.slice(0, cause.at).split('\n').length } : { message };
    }
    busy = false;
    draw();
  }

  function go(to: number): void {
    if (!analysis) return;
    at = Math.min(Math.max(to, 0), stepsOf(analysis).length - 1);
    draw();
  }

  /** The step of a node: backwards where the walk is on its way back, and the node has one. */
  function choose(node: number): void {
    if (!analysis) return;
    const steps = stepsOf(analysis);
    const isBack = steps[at]!.kind !== 'forward';
    const found = steps.findIndex((s) => s.node === node && (s.kind === 'forward') !== isBack);
    const either = found >= 0 ? found : steps.findIndex((s) => s.node === node);
    if (either >= 0) go(either);
  }

  const onKey = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: Number.POSITIVE_INFINITY }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest('select, input, textarea')) return;
    event.preventDefault();
    go(to);
  };

  const editor = () => html`<form class="editor" @submit=${(event: Event) => {
    event.preventDefault();
    void run();
  }}>
    <label>Example
      <select id="example" @change=${(e: Event) => {
        text = EXAMPLES[(e.target as HTMLSelectElement).selectedIndex]!.text;
        void run();
      }}>${EXAMPLES.map(({ name }) => html`<option>${name}</option>`)}</select></label>
    <label for="program">Program: a line is <code>name = expression</code>, the last line is the loss</label>
    <textarea id="program" rows="9" spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="trouble"
      aria-invalid=${error ? 'true' : 'false'} .value=${text} @input=${(e: Event) => {
        text = (e.target as HTMLTextAreaElement).value;
      }} @keydown=${(e: KeyboardEvent) => {
        if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void run();
      }}></textarea>
    <p id="trouble" role="alert">${error ? `${error.line ? `Line ${error.line}: ` : ''}${error.message}` : nothing}</p>
    <div class="tools"><button class="primary" aria-keyshortcuts="Control+Enter">Differentiate</button>
      <span class="quiet" role="status">${busy ? 'compiling and running …' : nothing}</span></div>
    <details><summary>What the language has</summary>
      <p>Numbers, tensors as lists of lists, <code>param(…)</code> for what to differentiate with respect to, <code>+ − * /</code>, and
        ${Object.keys(FUNCTIONS).map((name, i) => html`${i > 0 ? ', ' : ''}<code>${name}</code>`)}. Sums, means, maxima, minima and
        softmaxes take an axis after the tensor. <code>#</code> begins a comment. Shapes broadcast as in NumPy.</p></details>
  </form>`;

  const walk = (made: Analysis) => {
    const steps = stepsOf(made);
    const step = steps[at]!;
    const forward = new Set(steps.slice(0, at + 1).map(({ node }) => node));
    const pulls = step.kind === 'forward' ? -1 : step.kind === 'seed' ? 0 : step.pull + 1;
    return html`<div class="walk">
        <section aria-label="Graph">${graphView(made, { forward, pulls, current: step.node }, choose)}</section>
        <section class="step" aria-label="Step" tabindex="0">${stepView(made, step, RULES)}</section>
      </div>
      <h2>Gradients</h2>
      <div class="gradients">${gradientsView(made, pulls)}</div>
      <h2>Kernels</h2>
      ${kernelsView(made)}`;
  };

  const MOVES = [
    { name: 'Start', key: 'Home', to: () => 0 },
    { name: 'Back', key: 'ArrowLeft', to: () => at - 1 },
    { name: 'Step', key: 'ArrowRight', to: () => at + 1 },
    { name: 'End', key: 'End', to: () => Number.POSITIVE_INFINITY },
  ];

  function draw(): void {
    const count = analysis ? stepsOf(analysis).length : 0;
    render(
      html`<div class="autodiff" @keydown=${onKey}>
        <h1>Autodiff</h1>
        <p class="lead">Every op that you call is recorded. The gradient is found by walking the record backwards, with one small rule an
          op; the rules call ops again, so the gradient is a program like any other. Below, step through both with the arrow keys.</p>
        ${editor()}
        <div class="tools player">
          ${MOVES.map(
            ({
              name,
              key,
              to,
            }) => html`<button class=${name === 'Step' ? 'primary' : ''} aria-keyshortcuts=${key} ?disabled=${!analysis}
              @click=${() => go(to())}>${name}</button>`,
          )}
          <output id="at" aria-live="polite">${analysis ? `${at + 1} of ${count}` : nothing}</output>
        </div>
        <p class="legend"><span class="data">data</span> <span class="parameter">parameter</span> <span class="has">has its value</span>
          <span class="differentiated">a gradient has come</span></p>
        <div class="picture">${analysis ? walk(analysis) : nothing}</div>
      </div>`,
      root,
    );
    showNode(root);
  }

  void run();
  return () => {
    turn++;
  };
};

/** Scrolls the graph, not the page, so that the current node is in sight. */
function showNode(root: HTMLElement): void {
  const [graph, node] = [root.querySelector('.graph'), root.querySelector('.node.current')];
  if (!graph || !node) return;
  const [frame, box] = [graph.getBoundingClientRect(), node.getBoundingClientRect()];
  const isInSight =
    box.top >= frame.top && box.bottom <= frame.bottom && box.left >= frame.left && box.right <= frame.right;
  if (isInSight) return;
  graph.scrollTop += box.top - frame.top - frame.height / 2;
  graph.scrollLeft += box.left - frame.left - frame.width / 2;
}
