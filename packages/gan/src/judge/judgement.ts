/** What a judge finds: figures that a table prints and JSON stores. */
import { significant, table } from '@ganvas/tensor';

export interface Figure {
  name: string;
  value: number;
  /** The bootstrap interval around it; null where there is none. */
  low: number | null;
  high: number | null;
  /** Samples that it was taken over. */
  samples: number;
}

export type Judgement = Figure[];

/** A line a figure: its name, its value, its interval, and how many samples it is of. */
export function formatJudgement(judgement: Judgement): string {
  const number = (value: number) => (Number.isInteger(value) ? String(value) : significant(value));
  return table(
    [{ title: 'figure', left: true }, { title: 'value' }, { title: '95 % interval' }, { title: 'samples' }],
    judgement.map(({ name, value, low, high, samples }) => [
      name,
      number(value),
      low === null || high === null ? '' : `${number(low)} – ${number(high)}`,
      String(samples),
    ]),
  );
}
