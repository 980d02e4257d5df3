/** The rungs that were measured to be the fastest on one adapter, as they are kept in a tuning store. */
import type { AdapterDescription } from '../platform/adapter.ts';
import type { RungTable } from './choices.ts';
import type { TuningStore } from './store.ts';

/** To be raised when rungs are added, renamed or made faster: older measurements then no longer count. */
const VERSION = 1;

/** On what was measured: another driver, or checked buffer accesses, may turn the order of rungs round. */
export interface TuningTarget {
  adapter: Pick<AdapterDescription, 'name' | 'driver'>;
  /** See `OpenOptions.robustness`. */
  robustness: boolean;
}

export interface MeasuredRung {
  /** The rung to take. */
  rung: string;
  /** Its median, milliseconds. */
  ms: number;
  /** Those of the others that were measured. */
  against: Record<string, number>;
}

/** By tuning key. */
export type Measurements = Record<string, MeasuredRung>;

/**
 * What a store knows of an adapter: nothing where it was never tuned.
 * @returns the measurements, and in one line why there are none where there should be
 */
export function readMeasurements(
  store: TuningStore,
  target: TuningTarget,
): { measurements: Measurements; remark: string | null } {
  const nothing = (why: string) => ({ measurements: {}, remark: `tuning is ignored: ${why} (npm run tune)` });
  try {
    const text = store.read(storedName(target));
    if (text === null) return { measurements: {}, remark: null };
    const stored = JSON.parse(text) as unknown;
    if (!isRecord(stored) || !isMeasurements(stored.entries)) return nothing('what is stored is damaged');
    const { version, entries } = stored;
    if (version !== VERSION) return nothing(`what is stored has version ${version}, this is version ${VERSION}`);
    const here = describe(target);
    const foreign = Object.entries(here).find(([name, value]) => stored[name] !== value);
    if (foreign) return nothing(`what is stored is of ${foreign[0]} "${stored[foreign[0]]}", this is "${foreign[1]}"`);
    return { measurements: entries, remark: null };
  } catch (error) {
    return nothing(error instanceof SyntaxError ? 'what is stored is damaged' : (error as Error).message);
  }
}

/**
 * Replaces what the store knows of an adapter.
 * @throws Error where the store cannot be written
 */
export function writeMeasurements(store: TuningStore, target: TuningTarget, measurements: Measurements): void {
  const entries = Object.fromEntries(Object.entries(measurements).sort(([a], [b]) => (a < b ? -1 : 1)));
  const table = { version: VERSION, ...describe(target), entries };
  store.write(storedName(target), `${JSON.stringify(table, null, 1)}\n`);
}

export const rungsOf = (measurements: Measurements): RungTable =>
  Object.fromEntries(Object.entries(measurements).map(([key, { rung }]) => [key, rung]));

const describe = ({ adapter, robustness }: TuningTarget) => ({
  adapter: adapter.name,
  driver: adapter.driver,
  toggles: togglesOf(robustness),
});

export const togglesOf = (robustness: boolean): string => `robustness ${robustness ? 'on' : 'off'}`;

/** Fit for a file; names that differ in other characters only are told apart by what is stored under them. */
const storedName = (target: TuningTarget): string =>
  `tuning ${Object.values(describe(target)).join(' ')}`
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .slice(0, 200);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isMeasurements = (value: unknown): value is Measurements =>
  isRecord(value) &&
  Object.values(value).every(
    (entry) =>
      isRecord(entry) &&
      typeof entry.rung === 'string' &&
      typeof entry.ms === 'number' &&
      isRecord(entry.against) &&
      Object.values(entry.against).every((ms) => typeof ms === 'number'),
  );
