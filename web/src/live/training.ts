/** Training as a page wants it: runs that are made, stepped, paused and replaced, one thing at a time. */
import type { StepReport, Trainer } from '@ganvas/gan';
import type { Send } from './link.ts';
import { openLoop } from './loop.ts';
import type { Begun, Row, TrainingCommand, TrainingEvent } from './messages.ts';
import { openPace } from './pace.ts';

export interface TrainingRun {
  readonly trainer: Trainer;
  /** Steps submitted. */
  step: number;
  /** Compiles. */
  prepare(): Promise<Begun>;
  setLearningRates(lrG: number, lrD: number): void;
  dispose(): void;
}

export interface Training<R extends TrainingRun, P extends string> {
  /** Pauses, and puts the run that `make` gives in the place of the one before. */
  begin(place: P | 'run', make: () => Promise<R>): void;
  take(command: TrainingCommand): void;
  /** Does `work` between two steps, where there is a run; what it throws is told at `place`. */
  withRun(place: P | 'run', work: (run: R) => void | Promise<void>): void;
  /** Waits for all steps that were submitted, and tells of them. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param show.every steps from one picture to the next
 * @param show.draw the picture of a run as it is
 */
export function openTraining<R extends TrainingRun, P extends string>(
  send: Send<TrainingEvent<P>>,
  show: { every(): number; draw(run: R): Promise<void> },
): Training<R, P> {
  let run: R | null = null;
  let reported = 0;
  const pace = openPace();

  const fail = (place: P | 'run', error: unknown) =>
    send({ kind: 'failed', place, message: error instanceof Error ? error.message : String(error) });
  const take = (reports: readonly StepReport[]) => {
    if (reports.length === 0) return;
    const rows = reports.map(({ lossD, lossG, dReal, dFake }): Row => [lossD!, lossG!, dReal!, dFake!]);
    reported += rows.length;
    send({ kind: 'stepped', step: reported, rows, stepsPerSecond: pace.passed(rows.length) });
    if (rows.every((row) => row.every(Number.isFinite))) return;
    throw new Error(`step ${reported}: the losses are not finite any more; start a new run with lower learning rates`);
  };
  const catchUp = async () => take(await run!.trainer.reports.flush());
  const advance = async () => {
    run!.trainer.step(run!.step++);
    take(await run!.trainer.reports.arrived());
  };
  const stopped = () => {
    pace.stop();
    send({ kind: 'running', running: false });
  };
  const loop = openLoop(
    async () => {
      await advance();
      if (run!.step % show.every() !== 0) return;
      await catchUp();
      await show.draw(run!);
    },
    (error) => {
      stopped();
      fail('run', error);
    },
  );
  const job = (place: P | 'run', work: () => void | Promise<void>) =>
    loop.job(async () => {
      try {
        await work();
      } catch (error) {
        fail(place, error);
      }
    });
  const withRun: Training<R, P>['withRun'] = (place, work) => job(place, () => (run ? work(run) : undefined));
  const rest = async () => {
    await catchUp();
    await show.draw(run!);
    stopped();
  };

  return {
    withRun,
    catchUp,
    begin(place, make) {
      loop.pause();
      job(place, async () => {
        stopped();
        // Until the next run is ready the one before stays: what goes wrong leaves it as it was.
        const next = await make();
        send({ kind: 'preparing', what: 'Compiling the kernels…' });
        const begun = await next.prepare();
        run?.dispose();
        run = next;
        reported = run.step;
        send({ kind: 'begun', begun });
        await show.draw(run);
      });
    },
    take(command) {
      if (command.kind === 'rates')
        return withRun('run', ({ setLearningRates }) => setLearningRates(command.lrG, command.lrD));
      loop.pause();
      if (command.kind === 'pause') return withRun('run', rest);
      if (command.kind === 'step')
        return withRun('run', async () => {
          await advance();
          await rest();
        });
      withRun('run', () => {
        send({ kind: 'running', running: true });
        pace.start();
        loop.run();
      });
    },
    async close() {
      await loop.close();
      run?.dispose();
    },
  };
}
