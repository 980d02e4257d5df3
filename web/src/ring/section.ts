/** The section Ring: a session in a worker, and the plane as it trains. */
import { modeCoverage } from '@ganvas/gan';
import { render } from 'lit-html';
import { emptyBoard, heedTraining, openCharts, trainingActions } from '../live/board.ts';
import { connect } from '../live/connect.ts';
import { redrawer } from '../live/redraw.ts';
import type { OpenSection } from '../section.ts';
import '../live/live.css';
import './ring.css';
import { drawPlane } from './draw.ts';
import { type Command, type Event, MIXTURES, type Picture, type PointData } from './messages.ts';
import { type Actions, type State, view } from './view.ts';

export const open: OpenSection = (root, context) => {
  const state: State = {
    ...emptyBoard,
    ...{ adapter: null, inWorker: true, every: 10, coverage: null },
    chosen: { data: 'ring', loss: 'non-saturating', pack: 1, minibatch: 'none', seed: 1 },
  };
  let picture: Picture | null = null;
  const mixture = () => MIXTURES[state.begun!.config.data as PointData];
  const redraw = redrawer(() => {
    render(view(state, act), root);
    if (picture) drawPlane(canvas, picture, mixture());
  });
  const update = (changed: Partial<State>) => {
    Object.assign(state, changed);
    redraw.ask();
  };
  const act: Actions = {
    ...trainingActions(state, update, (command) => session.send(command)),
    choose: (chosen) => update({ chosen: { ...state.chosen, ...chosen } }),
    begin() {
      update({ errors: {}, preparing: 'Compiling the kernels…' });
      session.send({ kind: 'new', settings: state.chosen });
    },
    every(steps) {
      update({ every: steps });
      session.send({ kind: 'every', steps });
    },
  };

  render(view(state, act), root);
  const canvas = root.querySelector<HTMLCanvasElement>('canvas.plane')!;
  const charts = openCharts(root);
  const watch = new ResizeObserver(redraw.ask);
  watch.observe(canvas);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', redraw.ask);

  const heed = (event: Event) => {
    if (event.kind === 'begun') picture = null; // it may be of other data
    if (event.kind !== 'drawn') return update(heedTraining(state, event, charts));
    picture = event.picture;
    canvas.dataset.step = String(picture.step);
    update({ coverage: modeCoverage(mixture(), picture.points) });
  };
  const session = connect<Command, Event>(
    {
      worker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
      inPage: async () => (await import('./session.ts')).openSession,
      device: context.device,
    },
    heed,
    ({ adapter, inWorker }) => {
      update({ adapter, inWorker });
      act.begin();
    },
  );
  return () => {
    session.close();
    redraw.close();
    charts.close();
    watch.disconnect();
    dark.removeEventListener('change', redraw.ask);
  };
};
