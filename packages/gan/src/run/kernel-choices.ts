/**
 * The kernels that a run was made with, kept in its checkpoints by kind of adapter: resumed, it goes on with the same ones,
 * whatever was tuned or reordered since.
 */
import { adapterKind, type Choice, type Device, type Pins, pinsOf } from '@ganvas/tensor';
import { z } from 'zod';

const byAdapter = <T extends z.ZodType>(rungs: T) => z.record(z.string(), z.record(z.string(), rungs));

/**
 * By kind of adapter, then by problem: the rung that was taken. Earlier versions kept lists, under names that several kernels
 * could share: no choice can be read from them.
 */
export const kernelRecordSchema = byAdapter(z.string()).or(
  byAdapter(z.array(z.string())).transform((): Record<string, Record<string, string>> => ({})),
);
export type KernelRecord = z.infer<typeof kernelRecordSchema>;

export interface KernelChoices {
  /** What a person should know of them before the run goes on; null where there is nothing to say. */
  readonly note: string | null;
  /** What was chosen so far, for a checkpoint. */
  record(): KernelRecord;
  /** One line, once, where the device could not take what the run had before; else null. */
  lost(): string | null;
}

/**
 * Pins the device to the recorded choices, if there are any for such an adapter. To be called before anything is compiled.
 * @param recorded what `record` gave when the run was saved, in a checkpoint that `loadCheckpoint` found sound; null for a new run
 */
export function keepKernelChoices(device: Device, recorded: KernelRecord | null): KernelChoices {
  const kind = adapterKind(device.adapter);
  const before = recorded ?? {};
  const pins = before[kind] ?? {};
  device.pin(pins);
  let said = false;
  return {
    note: recorded !== null && !before[kind] ? anew(Object.keys(before), kind) : null,
    record: () => ({ ...before, [kind]: sorted({ ...pins, ...pinsOf(device.choices()) }) }),
    lost() {
      const lost = said ? [] : device.choices().filter((choice) => isLost(choice, pins));
      said ||= lost.length > 0;
      return lost.length === 0 ? null : explainLost(lost, pins);
    },
  };
}

function anew(kinds: readonly string[], kind: string): string {
  if (kinds.length === 0) return 'the run has kept no kernel choices; they are made anew';
  return `the run's kernels were chosen on ${kinds.join(' and ')}; on ${kind} they are chosen anew`;
}

/** True where what runs is not the rung that the run had: it is not there any more, or refused, or came too late. */
const isLost = ({ problem, rung }: Choice, pins: Pins): boolean => (pins[problem] ?? rung) !== rung;

function explainLost(lost: readonly Choice[], pins: Pins): string {
  const [{ problem, rung }] = lost as [Choice];
  const more = lost.length > 1 ? `, and ${lost.length - 1} more` : '';
  return `kernels of this run cannot be had here and were chosen anew: ${problem} ran ${pins[problem]!}, now ${rung}${more}`;
}

/** A copy in the order of the names: the same choices give the same bytes. */
const sorted = (pins: Pins): KernelRecord[string] =>
  Object.fromEntries(Object.entries(pins).sort(([a], [b]) => (a < b ? -1 : 1)));
