/** What steps report, in the order of the steps, whichever captured program ran them. */
import type { Log, Step, Tensor } from '@ganvas/tensor';

/** A step's scalars by name: `lossD`, `lossG`, `dReal`, `dFake`, and what the run's rules add. */
export type StepReport = Record<string, number>;

/** A report a step, in their order; a few steps late, since nobody waits for each of them. */
export interface Reports {
  /** Those that have come back since the last call; waits only where the device is far behind. */
  arrived(): Promise<StepReport[]>;
  /** All that are left; waits until the submitted steps have run. */
  flush(): Promise<StepReport[]>;
}

/** A captured round, and what its packed output says. */
export interface Round {
  step: Step<Uint32Array[], Tensor>;
  reportOf(packed: ArrayLike<number>): StepReport;
}

/** @returns `expect` is to be told which round a step runs, before it does */
export function openReports(): Reports & { expect(round: Round): void } {
  const logs = new Map<Round, { log: Log; rows: ArrayLike<number>[] }>();
  const due: Round[] = [];

  const collect = async (read: (log: Log) => Promise<ArrayLike<number>[]>): Promise<StepReport[]> => {
    for (const { log, rows } of logs.values()) rows.push(...(await read(log)));
    const reports: StepReport[] = [];
    while (due.length > 0) {
      const row = logs.get(due[0]!)!.rows.shift();
      if (!row) break;
      reports.push(due.shift()!.reportOf(row));
    }
    return reports;
  };
  return {
    expect(round) {
      // From the first step on: whoever replays a round directly reads what it returns.
      if (!logs.has(round)) logs.set(round, { log: round.step.log(), rows: [] });
      due.push(round);
    },
    arrived: () => collect((log) => log.arrived()),
    flush: () => collect((log) => log.flush()),
  };
}
