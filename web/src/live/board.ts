/** What a page knows of the training that it shows: from the session's events, with its two charts. */
import { type LineChart, lineChart } from './chart.ts';
import type { Begun, Row, TrainingCommand, TrainingEvent } from './messages.ts';
import { ANSWERS, LOSSES } from './series.ts';

export interface Board<P extends string> {
  /** What is being done before a run can go; null when it can. */
  preparing: string | null;
  begun: Begun | null;
  running: boolean;
  step: number;
  last: Row | null;
  stepsPerSecond: number | null;
  rates: { lrG: number; lrD: number };
  errors: Partial<Record<P | 'run', string>>;
}

export const emptyBoard: Board<never> = {
  ...{ preparing: 'Opening the GPU…', begun: null, running: false, step: 0, last: null, stepsPerSecond: null },
  ...{ rates: { lrG: 1e-3, lrD: 1e-3 }, errors: {} },
};

/** True where a run is there, and nothing is being made of it. */
export const isReady = ({ begun, preparing }: Board<string>): boolean => begun !== null && preparing === null;

export interface Charts {
  clear(firstStep: number): void;
  add(rows: readonly Row[]): void;
  close(): void;
}

/** Of the two `canvas.chart` that `curvesPanel` drew: losses, and D's answers. */
export function openCharts(root: HTMLElement, answers?: [number, number]): Charts {
  const [first, second] = root.querySelectorAll<HTMLCanvasElement>('canvas.chart');
  const charts: [LineChart, LineChart] = [lineChart(first!, LOSSES), lineChart(second!, ANSWERS, answers)];
  return {
    clear(firstStep) {
      for (const chart of charts) chart.clear(firstStep);
    },
    add(rows) {
      charts[0].add(rows.map(([lossD, lossG]) => [lossD, lossG]));
      charts[1].add(rows.map(([, , dReal, dFake]) => [dReal, dFake]));
    },
    close() {
      for (const chart of charts) chart.close();
    },
  };
}

/** @returns what an event changes on the board; the charts follow */
export function heedTraining<P extends string>(
  { errors }: Board<P>,
  event: TrainingEvent<P>,
  charts: Charts,
): Partial<Board<P>> {
  switch (event.kind) {
    case 'preparing':
      return { preparing: event.what };
    case 'begun': {
      const { begun } = event;
      const { lrG, lrD } = begun.config;
      charts.clear(begun.step + 1);
      return { begun, preparing: null, step: begun.step, rates: { lrG, lrD }, last: null, stepsPerSecond: null };
    }
    case 'stepped': {
      const { step, rows, stepsPerSecond } = event;
      charts.add(rows);
      return { step, last: rows.at(-1)!, ...(stepsPerSecond !== null && { stepsPerSecond }) };
    }
    case 'running':
      return { running: event.running };
    case 'failed':
      return { errors: { ...errors, [event.place]: event.message }, preparing: null };
  }
}

/** What the buttons do of any training. */
export function trainingActions<P extends string>(
  board: Board<P>,
  update: (changed: Partial<Board<P>>) => void,
  send: (command: TrainingCommand) => void,
) {
  return {
    toggle() {
      update({ errors: {} });
      send({ kind: board.running ? 'pause' : 'run' }); // the session says when it is so
    },
    step() {
      update({ errors: {} });
      send({ kind: 'step' });
    },
    rates(changed: Partial<Board<P>['rates']>) {
      const rates = { ...board.rates, ...changed };
      update({ rates });
      send({ kind: 'rates', ...rates });
    },
  };
}

export type TrainingActions = ReturnType<typeof trainingActions>;
