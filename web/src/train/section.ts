/** The section Train: a session in a worker, and the page that shows it. */
import { chromeTrace } from '@ganvas/tensor';
import { render } from 'lit-html';
import { emptyBoard, heedTraining, openCharts, trainingActions } from '../live/board.ts';
import { connect } from '../live/connect.ts';
import type { Link } from '../live/link.ts';
import { redrawer } from '../live/redraw.ts';
import type { OpenSection } from '../section.ts';
import '../live/live.css';
import './train.css';
import type { Command, Event, Surface } from './messages.ts';
import { SIZES } from './sizes.ts';
import { paint } from './surface.ts';
import { type Actions, type State, view } from './view.ts';

const CANVASES: Record<Surface, string> = { samples: 'canvas.samples', walk: 'canvas.walked' };

export const open: OpenSection = (root, context) => {
  const digits = new URL('digits.bin', document.baseURI).href;
  const state: State = {
    ...emptyBoard,
    ...{ adapter: null, inWorker: true, rate: null, profile: null, profiling: false },
    chosen: { model: 'dcgan', size: 1, seed: 1 },
    look: { every: 5, label: null, averaged: false },
    walk: { u: 0.5, v: 0.5, corners: 0 },
  };
  const redraw = redrawer(() => render(view(state, act), root));
  const update = (changed: Partial<State>) => {
    Object.assign(state, changed);
    redraw.ask();
  };
  const send = (command: Command, transfer?: Transferable[]) => session.send(command, transfer);

  const act: Actions = {
    ...trainingActions(state, update, send),
    choose: (chosen) => update({ chosen: { ...state.chosen, ...chosen } }),
    begin() {
      const { model, size, seed } = state.chosen;
      update({ errors: {}, preparing: 'Compiling the kernels…' });
      send({ kind: 'new', digits, settings: { model, seed, ...SIZES[size]!.settings } });
    },
    look(changed) {
      const look = { ...state.look, ...changed };
      update({ look });
      send({ kind: 'look', look });
    },
    walk(changed) {
      const walk = { ...state.walk, ...changed };
      update({ walk });
      send({ kind: 'walk', walk });
    },
    profile() {
      update({ profiling: true, errors: {} });
      send({ kind: 'profile' });
    },
    trace: () => download(JSON.stringify(chromeTrace(state.profile!)), 'step.trace.json'),
    save() {
      update({ errors: {} });
      send({ kind: 'save' });
    },
    async load(file) {
      update({ errors: {}, preparing: `Reading ${file.name}…` });
      const bytes = new Uint8Array(await file.arrayBuffer());
      send({ kind: 'load', bytes, name: file.name, digits }, [bytes.buffer]);
    },
  };

  render(view(state, act), root);
  const canvasOf = (surface: Surface) => root.querySelector<HTMLCanvasElement>(CANVASES[surface])!;
  const charts = openCharts(root, [0, 1]);

  const heed = (event: Event) => {
    switch (event.kind) {
      case 'drawn':
        if (event.pixels) paint(canvasOf(event.surface), event.pixels);
        canvasOf(event.surface).dataset.step = String(event.step);
        return;
      case 'profiled':
        return update({ profile: event.profile, profiling: false });
      case 'saved':
        return download(event.bytes, event.name);
      default:
        update(heedTraining(state, event, charts));
    }
    if (event.kind === 'begun') update({ profile: null });
    if (event.kind === 'failed') update({ profiling: false });
    if (event.kind === 'stepped' && state.stepsPerSecond !== null)
      update({ rate: (state.stepsPerSecond * state.begun!.flops) / 1e9 });
  };

  const session = connect<Command, Event>(
    {
      worker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
      inPage: async () => (await import('./session.ts')).openSession,
      device: context.device,
    },
    heed,
    (link) => {
      if (link.inWorker) handOver(link, canvasOf);
      const { adapter, inWorker } = link;
      // A software adapter has its hands full with the small net.
      update({ adapter, inWorker, chosen: { ...state.chosen, size: adapter.software ? 0 : 1 } });
      act.begin();
    },
  );
  return () => {
    session.close();
    redraw.close();
    charts.close();
  };
};

/** Lets the worker draw by itself, where the browser can. */
function handOver(link: Link<Command>, canvasOf: (surface: Surface) => HTMLCanvasElement): void {
  if (!('transferControlToOffscreen' in HTMLCanvasElement.prototype)) return;
  const samples = canvasOf('samples').transferControlToOffscreen();
  const walk = canvasOf('walk').transferControlToOffscreen();
  link.send({ kind: 'surfaces', canvases: { samples, walk } }, [samples, walk]);
}

function download(content: BlobPart, name: string): void {
  const url = URL.createObjectURL(new Blob([content]));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
