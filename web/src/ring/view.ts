/** What the section looks like, from what it knows. */
import type { Coverage, RunConfig } from '@ganvas/gan';
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Board, isReady, type TrainingActions } from '../live/board.ts';
import type { Adapter } from '../live/link.ts';
import { chosenIn, controls, curvesPanel, errorAt } from '../live/panels.ts';
import { MIXTURES, type PointData, type Settings } from './messages.ts';

export interface State extends Board<never> {
  adapter: Adapter | null;
  inWorker: boolean;
  chosen: Settings;
  every: number;
  /** Of the points that are shown. */
  coverage: Coverage | null;
}

export interface Actions extends TrainingActions {
  choose(chosen: Partial<Settings>): void;
  begin(): void;
  every(steps: number): void;
}

const DATA: Record<PointData, string> = { ring: 'ring of 8 Gaussians', grid: 'grid of 25 Gaussians' };
const LOSSES: readonly RunConfig['loss'][] = ['non-saturating', 'minimax', 'lsgan', 'wgan', 'wgan-gp', 'hinge'];
const MINIBATCH: Record<RunConfig['minibatch'], string> = {
  none: 'no',
  discrimination: 'minibatch discrimination',
  stddev: 'standard deviation',
};
const PACKS = [1, 2, 4];
const EVERY = [1, 5, 10, 50];

export const view = (state: State, act: Actions): TemplateResult => html`
  <h1>A GAN on points of the plane</h1>
  <p class="lead">
    The same game with two numbers for a picture, so that all of it can be seen: where the generator’s points lie, and what the
    discriminator says of every place. Points that gather at a few of the centres are mode collapse.
  </p>
  ${newRun(state, act)}
  ${controls(state, act)}
  ${facts(state)}
  ${errorAt(state, 'run')}
  <div class="panels">
    <section aria-labelledby="plane-title">${plane(state, act)}</section>
    <section>
      ${curvesPanel(state, act, 'What D answers')}
      <p class="quiet">
        Means over real points, D(x), and generated ones, D(G(z)). With cross entropies these are probabilities of “real”; the critics
        of the other losses answer any number, and only the difference counts.
      </p>
    </section>
  </div>
`;

function newRun({ chosen, adapter }: State, act: Actions): TemplateResult {
  const option = (value: string | number, text: string | number, selected: boolean) =>
    html`<option value=${value} ?selected=${selected}>${text}</option>`;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    act.begin();
  };
  return html`
    <form class="tools fields" @submit=${submit}>
      <label class="field">Data
        <select @change=${(event: Event) => act.choose({ data: chosenIn(event) as PointData })}>
          ${Object.entries(DATA).map(([name, text]) => option(name, text, name === chosen.data))}
        </select>
      </label>
      <label class="field">Loss
        <select @change=${(event: Event) => act.choose({ loss: chosenIn(event) as Settings['loss'] })}>
          ${LOSSES.map((name) => option(name, name, name === chosen.loss))}
        </select>
      </label>
      <label class="field">D sees its batch
        <select @change=${(event: Event) => act.choose({ minibatch: chosenIn(event) as Settings['minibatch'] })}>
          ${Object.entries(MINIBATCH).map(([name, text]) => option(name, text, name === chosen.minibatch))}
        </select>
      </label>
      <label class="field">Points in a pack
        <select @change=${(event: Event) => act.choose({ pack: Number(chosenIn(event)) })}>
          ${PACKS.map((pack) => option(pack, pack, pack === chosen.pack))}
        </select>
      </label>
      <label class="field">Seed
        <input type="number" min="0" max="4294967295" step="1" required .value=${String(chosen.seed)}
          @change=${(event: Event) => act.choose({ seed: Number(chosenIn(event)) })} />
      </label>
      <button ?disabled=${!adapter}>New run</button>
    </form>
  `;
}

function facts({ begun, preparing, adapter, inWorker }: State): TemplateResult {
  const run = begun
    ? html`Two hidden layers of ${begun.config.hidden.join(' and ')} features, batches of ${begun.config.batch};
      ${begun.config.nCritic > 1 ? `${begun.config.nCritic} updates of D for one of G; ` : ''}a round is ${begun.dispatches} dispatches
      on ${adapter!.name}, ${inWorker ? 'in a worker' : 'in slices of this page’s own thread, as workers have no WebGPU here'}.`
    : nothing;
  return html`<p class="facts quiet" aria-live="polite" id="run-facts">${preparing ?? run}</p>`;
}

function plane(state: State, act: Actions): TemplateResult {
  const { coverage, begun, every } = state;
  const modes = begun ? MIXTURES[begun.config.data as PointData].centres.length : 0;
  return html`
    <h2 id="plane-title">The plane</h2>
    <canvas class="plane" role="img" aria-label="Real points, the generator’s points, and what D says of every place"></canvas>
    <p class="legend">
      <span><span class="key ring"></span>real</span>
      <span><span class="key" style="background:var(--d)"></span>generated</span>
      <span><span class="key" style="background:var(--a)"></span>D says real</span>
      <span><span class="key" style="background:var(--b)"></span>D says generated</span>
    </p>
    <p class="facts" id="coverage">
      ${
        coverage && isReady(state)
          ? html`<strong>${coverage.modes} of ${modes} modes</strong> have a point;
            ${Math.round(100 * coverage.quality)} % of the points lie within three standard deviations of a centre.`
          : nothing
      }
    </p>
    <label class="field">New picture every
      <select class="every" @change=${(event: Event) => act.every(Number(chosenIn(event)))}>
        ${EVERY.map((steps) => html`<option value=${steps} ?selected=${steps === every}>${steps === 1 ? 'step' : `${steps} steps`}</option>`)}
      </select>
    </label>
    <p class="quiet">
      A D that judges packs, or looks at its batch as a whole, is asked about each place in the company of real points.
    </p>
  `;
}
