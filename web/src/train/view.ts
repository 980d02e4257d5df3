/** What the section looks like, from what it knows. */
import type { Profile } from '@ganvas/tensor';
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Board, isReady, type TrainingActions } from '../live/board.ts';
import type { Adapter } from '../live/link.ts';
import { chosenIn, controls, curvesPanel, errorAt } from '../live/panels.ts';
import type { Look, Place, Walk } from './messages.ts';
import { pad } from './pad.ts';
import { estimate, type Model, SIZES } from './sizes.ts';
import { timeline } from './timeline.ts';

export interface State extends Board<Place> {
  adapter: Adapter | null;
  inWorker: boolean;
  /** What is chosen for the next run. */
  chosen: { model: Model; size: number; seed: number };
  /** GFLOP/s of the last training. */
  rate: number | null;
  look: Look;
  walk: Walk;
  profile: Profile | null;
  profiling: boolean;
}

export interface Actions extends TrainingActions {
  choose(chosen: Partial<State['chosen']>): void;
  begin(): void;
  look(look: Partial<Look>): void;
  walk(walk: Partial<Walk>): void;
  profile(): void;
  trace(): void;
  save(): void;
  load(file: File): void;
}

const MODELS: Record<Model, string> = { dcgan: 'DCGAN', cgan: 'cGAN, told which digit' };
const nameOf = (model: string): string => (isModel(model) ? MODELS[model] : model);
const isModel = (model: string): model is Model => Object.hasOwn(MODELS, model);
const EVERY = [1, 5, 10, 50];

export const view = (state: State, act: Actions): TemplateResult => html`
  <h1>A GAN learns to draw digits</h1>
  <p class="lead">
    Two nets play a game. The generator G turns random numbers z into pictures; the discriminator D tells such pictures from
    10,000 digits that people wrote. Each learns from what the other does. The training is the command line’s own, on your adapter.
  </p>
  ${newRun(state, act)}
  ${controls(state, act)}
  ${facts(state)}
  ${errorAt(state, 'run')}
  <div class="panels">
    <section aria-labelledby="samples-title">${samples(state, act)}</section>
    <section>
      ${curvesPanel(state, act, 'What D answers (1: real)')}
      <p class="quiet">
        D(x) is its mean answer to real digits, D(G(z)) to drawn ones. Neither loss is meant to fall for good: look at the pictures,
        and whether the two answers keep apart without D winning outright (1 and 0).
      </p>
    </section>
  </div>
  <div class="panels">
    <section aria-labelledby="walk-title">${latentWalk(state, act)}</section>
    <section aria-labelledby="file-title">${checkpoint(state, act)}</section>
  </div>
  <section aria-labelledby="profile-title">
    <h2 id="profile-title">One step, dispatch by dispatch</h2>
    <div class="tools">
      <button ?disabled=${!isReady(state) || state.profiling} @click=${act.profile}>Profile a step</button>
      <button ?disabled=${!state.profile} @click=${act.trace}>Download the trace for Perfetto</button>
    </div>
    ${errorAt(state, 'profile')}
    <div class="profile" aria-live="polite">
      ${state.profile ? timeline(state.profile) : html`<p class="quiet">${state.profiling ? 'Timing each dispatch…' : 'Training a step is some hundred kernel launches. A profile times each of them; the run stays where it is.'}</p>`}
    </div>
  </section>
`;

function newRun({ chosen, adapter, rate }: State, act: Actions): TemplateResult {
  const gflop = SIZES[chosen.size]!.gflop[chosen.model];
  return html`
    <form class="tools fields" @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      act.begin();
    }}>
      <label class="field">Model
        <select @change=${(event: Event) => act.choose({ model: chosenIn(event) as Model })}>
          ${Object.entries(MODELS).map(([name, text]) => html`<option value=${name} ?selected=${name === chosen.model}>${text}</option>`)}
        </select>
      </label>
      <label class="field">Size
        <select @change=${(event: Event) => act.choose({ size: Number(chosenIn(event)) })}>
          ${SIZES.map(({ name, about }, i) => html`<option value=${i} ?selected=${i === chosen.size}>${name}: ${about}</option>`)}
        </select>
      </label>
      <label class="field">Seed
        <input type="number" min="0" max="4294967295" step="1" required .value=${String(chosen.seed)}
          @change=${(event: Event) => act.choose({ seed: Number(chosenIn(event)) })} />
      </label>
      <button ?disabled=${!adapter}>New run</button>
    </form>
    <p class="facts quiet">${adapter ? estimate(gflop, adapter, rate) : 'Opening the GPU…'}</p>
  `;
}

function facts({ begun, preparing, adapter, inWorker }: State): TemplateResult {
  const where = inWorker ? 'in a worker' : 'in slices of this page’s own thread, as workers have no WebGPU here';
  const run = begun
    ? html`${nameOf(begun.config.model)}: G has ${begun.parameters.generator.toLocaleString('en')} weights, D
      ${begun.parameters.discriminator.toLocaleString('en')}; a step is ${(begun.flops / 1e9).toPrecision(2)} GFLOP in ${begun.dispatches} dispatches on
      ${adapter!.name}, ${where}.
      ${begun.note}`
    : nothing;
  return html`<p class="facts quiet" aria-live="polite" id="run-facts">${preparing ?? run}</p>`;
}

const samples = ({ look, begun }: State, act: Actions) => html`
  <h2 id="samples-title">What G draws</h2>
  <canvas class="samples" width="302" height="302" role="img" aria-label="A hundred samples, always of the same noise"></canvas>
  <div class="tools fields">
    <label class="field">New picture every
      <select @change=${(event: Event) => act.look({ every: Number(chosenIn(event)) })}>
        ${EVERY.map((every) => html`<option value=${every} ?selected=${every === look.every}>${every === 1 ? 'step' : `${every} steps`}</option>`)}
      </select>
    </label>
    <label class="field">Class
      <select ?disabled=${!begun || begun.config.model === 'dcgan'} @change=${(event: Event) => act.look({ label: chosenIn(event) === 'all' ? null : Number(chosenIn(event)) })}>
        <option value="all" ?selected=${look.label === null}>all, a column each</option>
        ${Array.from({ length: 10 }, (_, digit) => html`<option value=${digit} ?selected=${look.label === digit}>${digit}</option>`)}
      </select>
    </label>
    <label class="check"><input type="checkbox" .checked=${look.averaged} @change=${(event: Event) => act.look({ averaged: (event.target as HTMLInputElement).checked })} />
      by the moving average of G’s weights</label>
  </div>
  <p class="quiet">Only a cGAN is told a class. The average of the last thousand steps’ weights draws steadier, and later.</p>
`;

const latentWalk = ({ walk }: State, act: Actions) => html`
  <h2 id="walk-title">Walk through the latent space</h2>
  <p class="quiet">
    Each corner is a random z. Drag the dot, or move it with the arrow keys: between the corners z follows great circles, and G
    draws what lies there.
  </p>
  <div class="walk">
    ${pad(walk, act.walk)}
    <canvas class="walked" width="28" height="28" role="img" aria-label="The sample at the dot"></canvas>
  </div>
  <div class="tools"><button @click=${() => act.walk({ corners: walk.corners + 1 })}>Other corners</button></div>
`;

const checkpoint = (state: State, act: Actions) => html`
  <h2 id="file-title">Checkpoint</h2>
  <p class="quiet">
    Everything that training changes, in one safetensors file. It is the command line’s own format: <code>npm run gan -- sample
    FILE</code> draws from it, and a checkpoint of a run on MNIST goes on here, on the page’s digits.
  </p>
  <div class="tools fields">
    <button ?disabled=${!isReady(state)} @click=${act.save}>Download the checkpoint</button>
    <label class="field">Load a checkpoint
      <input type="file" accept=".safetensors" ?disabled=${!state.adapter} @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const file = input.files?.[0];
        if (file) act.load(file);
        input.value = '';
      }} />
    </label>
  </div>
  ${errorAt(state, 'checkpoint')}
`;
