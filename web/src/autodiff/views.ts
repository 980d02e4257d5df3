/** The pieces of the picture: numbers, the graph, what a step does, and the kernels. */
import { html, nothing, svg } from 'lit-html';
import type { Analysis, GraphNode, Values } from './analysis.ts';
import { layOut } from './layout.ts';
import { gathered, type Step } from './steps.ts';

/** Four digits; a dot where there is no number yet. */
const short = (value: number): string =>
  Number.isNaN(value) ? '·' : String(Number(value.toPrecision(4))).replace('-', '−');
const shapeText = ({ shape }: Values): string => (shape.length === 0 ? 'a number' : `[${shape.join(', ')}]`);

/** A tensor's numbers: its last axis runs to the right. */
export function numbersView(values: Values) {
  const columns = values.shape.at(-1) ?? 1;
  const all = Array.from(values.numbers, short);
  return html`<div class="scroll" role="img" tabindex="0" aria-label=${`${shapeText(values)}: ${all.slice(0, 64).join(', ')}`}>
    <div class="numbers" style=${`--columns: ${columns}`}>${all.map((text) => html`<span>${text}</span>`)}</div>
  </div>`;
}

const tensorView = (title: unknown, values: Values) => html`<div class="tensor">
  <p>${title} <span class="quiet">${shapeText(values)}</span></p>
  ${numbersView(values)}
</div>`;

/** How a node is called: its line's name, else its op. */
export const called = ({ name, label }: GraphNode): string => name || label;

const [WIDTH, HEIGHT, GAP] = [104, 76, 12] as const;
/** On both sides: an edge that goes around a node swings out by most of a node's width. */
const MARGIN = 64;

/** Where a walk has come: nodes that have values, and how many rules have answered. */
export interface Reached {
  forward: ReadonlySet<number>;
  pulls: number;
  current: number;
}

/** The program as a graph; its nodes are buttons. */
export function graphView(analysis: Analysis, { forward, pulls, current }: Reached, choose: (node: number) => void) {
  const { nodes } = analysis;
  const { places, columns, rows } = layOut(nodes.map(({ inputs }) => inputs));
  const at = (node: number) => ({ x: places[node]!.x * (WIDTH + GAP), y: places[node]!.y * HEIGHT });
  const [width, height] = [columns * (WIDTH + GAP), rows * HEIGHT];
  const state = (i: number, { kind }: GraphNode) => {
    const has = kind !== 'op' || forward.has(i);
    const differentiated = pulls >= 0 && gathered(analysis, i, pulls) !== null;
    return [kind, has ? 'has' : '', differentiated ? 'differentiated' : '', i === current ? 'current' : ''].join(' ');
  };
  const edges = nodes.flatMap(({ inputs }, to) =>
    inputs.map((from, input) => {
      const [a, b] = [at(from), at(to)];
      const [top, bottom] = [a.y + 22, b.y - 22];
      // Each input arrives at a place of its own; what passes by a layer goes round what stands there.
      const aside = (input - (inputs.length - 1) / 2) * 26;
      const round = bottom - top > HEIGHT && Math.abs(a.x - b.x) < WIDTH ? (aside < 0 ? -WIDTH : WIDTH) : 0;
      const half = (top + bottom) / 2;
      return svg`<path class="edge" marker-end="url(#arrow)"
        d=${`M${a.x + aside / 2},${top} C${a.x + round},${half} ${b.x + aside + round},${half} ${b.x + aside},${bottom}`} />`;
    }),
  );
  const onKey = (event: KeyboardEvent, node: number): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    choose(node);
  };
  return html`<div class="graph scroll" tabindex="0" role="group" aria-label="The program as a graph">
    <svg width=${width + 2 * MARGIN} height=${height} viewBox=${`${-MARGIN} 0 ${width + 2 * MARGIN} ${height}`}>
      <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
        <path d="M0,0 L8,4 L0,8 z" /></marker></defs>
      ${edges}
      ${nodes.map((node, i) => {
        const { x, y } = at(i);
        const { label, name, value, kind } = node;
        const below = kind === 'op' && name ? name : kind === 'constant' ? 'constant' : shapeText(value);
        return svg`<g class=${`node ${state(i, node)}`} role="button" tabindex="0" aria-label=${`${label} ${below}`} data-node=${i}
            transform=${`translate(${x - WIDTH / 2},${y - 22})`} @click=${() => choose(i)} @keydown=${(e: KeyboardEvent) => onKey(e, i)}>
          <rect width=${WIDTH} height="44" rx="6" />
          <text x=${WIDTH / 2} y="18">${label}</text>
          <text class="below" x=${WIDTH / 2} y="35">${below}</text>
        </g>`;
      })}
    </svg>
  </div>`;
}

/** What a step computes, with its numbers. */
export function stepView(analysis: Analysis, step: Step, rules: ReadonlyMap<string, string>) {
  const { nodes, pulls } = analysis;
  const node = nodes[step.node]!;
  const call = html`<code>${node.label}(${node.inputs.map((i) => called(nodes[i]!)).join(', ')})</code>`;
  if (step.kind === 'forward')
    return html`<h2>Forward: ${call}</h2>
      ${node.inputs.map((i) => tensorView(html`reads <code>${called(nodes[i]!)}</code>`, nodes[i]!.value))}
      ${tensorView(html`gives <code>${called(node)}</code>`, node.value)}`;
  if (step.kind === 'seed')
    return html`<h2>The walk back begins</h2>
      <p>How the loss changes with itself: by 1. From here every op passes on what came to it, times its own derivative, to its
        inputs. The order is the forward pass turned round.</p>
      ${tensorView(html`gradient of <code>${called(node)}</code>`, { shape: node.value.shape, numbers: [1] })}`;
  const { parts } = pulls[step.pull]!;
  return html`<h2>Backward: ${call}</h2>
    ${tensorView(html`<code>g</code>, what came to <code>${called(node)}</code>`, node.gradient!)}
    <p>Its rule, from the engine’s table. <code>g</code> is the gradient that came; <code>x</code> and <code>y</code> are the inputs,
      <code>out</code> is the output.</p>
    <pre class="rule" tabindex="0"><code>${rules.get(node.label) ?? ''}</code></pre>
    ${parts.map(({ input, to, values }) => tensorView(html`to input ${input + 1}, <code>${called(nodes[to]!)}</code>`, values))}
    ${[...new Set(parts.map(({ to }) => to))].map((to) => {
      const sum = gathered(analysis, to, step.pull + 1)!;
      if (sum.of === 1) return nothing;
      return tensorView(
        html`gradient of <code>${called(nodes[to]!)}</code> so far, ${sum.parts} of ${sum.of} parts`,
        sum,
      );
    })}`;
}

/** Gradients of the parameters, as far as they have come. */
export function gradientsView(analysis: Analysis, pulls: number) {
  return analysis.nodes.map((node, i) => {
    if (node.kind !== 'parameter') return nothing;
    const sum = pulls >= 0 ? gathered(analysis, i, pulls) : null;
    const empty: Values = {
      shape: node.value.shape,
      numbers: Array<number>(node.value.numbers.length).fill(Number.NaN),
    };
    const done =
      sum && sum.parts === sum.of ? 'complete' : sum ? `${sum.parts} of ${sum.of} parts` : 'nothing came yet';
    return tensorView(html`d loss / d <code>${node.name}</code>, ${done}:`, sum ?? empty);
  });
}

/** What the compiler made of loss and gradients. */
export function kernelsView({ recorded, dispatches }: Analysis) {
  return html`<p>${recorded} ops were recorded, forward and backward; ${dispatches.length === 1 ? 'one kernel runs' : `${dispatches.length} kernels run`}. Elementwise ops that follow each
      other are one kernel, or end a product’s; what lies between them stays in registers.</p>
    ${dispatches.map(
      ({ label, kernel }, i) => html`<details class="kernel">
        <summary><span class="number">${i + 1}</span> <code>${kernel.name}</code> <span class="quiet">${label.replaceAll('+', ' + ')}; ${kernel.workgroups.join(' × ')} workgroups</span></summary>
        <pre tabindex="0"><code>${kernel.code}</code></pre>
      </details>`,
    )}`;
}
