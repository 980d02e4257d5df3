/**
 * The kernels that a run was made with, kept in its folder by kind of adapter: resumed, it goes on with the same ones, whatever
 * was tuned or reordered since.
 */
import { existsSync, readFileSync } from 'node:fs';
import { adapterKind, type Choice, type Device, type Pins, pinsOf } from '@ganvas/tensor';
import { writeFileAtomic } from './files/atomic.ts';
import { accessFile, FileError } from './files/file-error.ts';

const FORMAT = 'ganvas-kernel-choices';
const VERSION = 1;

export interface KernelChoices {
  /** What a person should know of them before the run goes on; null where there is nothing to say. */
  note: string | null;
  /**
   * Writes what was chosen so far.
   * @returns one line where the device could not take what the run had before; null where it could, and where it was said already
   */
  save(): string | null;
}

/**
 * Pins the device to the choices in the file, if the run has any for such an adapter. To be called before anything is compiled.
 * @throws FileError where the file is there and is damaged
 */
export function keepKernelChoices(path: string, device: Device, resumed: boolean): KernelChoices {
  const kind = adapterKind(device.adapter);
  const before = resumed && existsSync(path) ? read(path) : {};
  const pins = before[kind] ?? {};
  device.pin(pins);
  let said = false;
  let written = '';
  return {
    note: resumed && !before[kind] ? anew(Object.keys(before), kind) : null,
    save() {
      const choices = device.choices();
      const rungs = { ...before, [kind]: sorted({ ...pins, ...pinsOf(choices) }) };
      const text = `${JSON.stringify({ format: FORMAT, version: VERSION, rungs }, null, 1)}\n`;
      if (text !== written) writeFileAtomic(path, text);
      written = text;
      const lost = said ? [] : choices.filter((choice) => isLost(choice, pins));
      said ||= lost.length > 0;
      return lost.length === 0 ? null : explainLost(lost, pins);
    },
  };
}

function anew(kinds: readonly string[], kind: string): string {
  if (kinds.length === 0) return 'the run has kept no kernel choices; they are made anew';
  return `the run's kernels were chosen on ${kinds.join(' and ')}; on ${kind} they are chosen anew`;
}

/** True where a rung that the run had is not there any more, or is refused. */
const isLost = ({ problem, source, candidates }: Choice, pins: Pins): boolean =>
  pins[problem] !== undefined && (source !== 'pinned' || pins[problem].some((rung) => !candidates.includes(rung)));

function explainLost(lost: readonly Choice[], pins: Pins): string {
  const [{ problem, rung }] = lost as [Choice];
  const more = lost.length > 1 ? `, and ${lost.length - 1} more` : '';
  return `kernels of this run cannot be had here and were chosen anew: ${problem} ran ${pins[problem]!.join(' or ')}, now ${rung}${more}`;
}

function read(path: string): Record<string, Pins> {
  const text = accessFile('read', path, () => readFileSync(path, 'utf8'));
  const stored = parsed(text);
  if (isRecord(stored) && stored.format === FORMAT && stored.version === VERSION && isRungs(stored.rungs))
    return stored.rungs;
  throw new FileError(
    `${path}: expected the kernel choices of a run (${FORMAT} version ${VERSION}); delete it to have kernels chosen anew`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPins = (value: unknown): value is Pins =>
  isRecord(value) &&
  Object.values(value).every((rungs) => Array.isArray(rungs) && rungs.every((rung) => typeof rung === 'string'));

const isRungs = (value: unknown): value is Record<string, Pins> =>
  isRecord(value) && Object.values(value).every(isPins);

const sorted = (pins: Pins): Pins => Object.fromEntries(Object.entries(pins).sort(([a], [b]) => (a < b ? -1 : 1)));
