/** What a device's kernels are chosen by, and the record of what was chosen. */
import type { WorkName } from './key.ts';

/**
 * Who chose a rung, the strongest first: the run that is being resumed, a measurement on this machine, the table of measurements
 * that comes with the package, or the kernel family's own order.
 */
export type ChoiceSource = 'pinned' | 'tuned' | 'shipped' | 'order';

export interface Preference {
  rung: string;
  source: ChoiceSource;
}

/** A rung that was taken. */
export interface Choice extends WorkName {
  rung: string;
  source: ChoiceSource;
  /** The names of all candidates, in the order in which the device tries them. */
  candidates: string[];
}

/** Which rung to take whatever else says so, for each exact problem, if the device admits it. */
export type Pins = Readonly<Record<string, string>>;

/** Rungs by tuning key. */
export type RungTable = Readonly<Record<string, string>>;

/** What the compiler asks: the rungs to try before the family's own order, the strongest preference first. */
export interface ChoiceLookup {
  preferences(work: WorkName): Preference[];
}

export class Choices implements ChoiceLookup {
  private readonly tuned: RungTable;
  private readonly shipped: RungTable;
  private pins: Pins = {};
  private readonly made = new Map<string, Choice>();

  constructor({ tuned = {}, shipped = {} }: { tuned?: RungTable; shipped?: RungTable } = {}) {
    this.tuned = tuned;
    this.shipped = shipped;
  }

  /** From the next compilation on; what is compiled stays as it is. */
  pin(pins: Pins): void {
    this.pins = pins;
  }

  preferences({ problem, key }: WorkName): Preference[] {
    const from = (source: ChoiceSource, rung: string | undefined): Preference[] => (rung ? [{ rung, source }] : []);
    return [
      ...from('pinned', this.pins[problem]),
      ...from('tuned', this.tuned[key]),
      ...from('shipped', this.shipped[key]),
    ];
  }

  record(choices: readonly Choice[]): void {
    for (const choice of choices) this.made.set(choice.problem, choice);
  }

  /** What was chosen last for each problem so far. */
  list(): Choice[] {
    return [...this.made.values()];
  }
}
