/** `verify: true`: a call is recorded again, and what differs from the recording that was compiled is named. */
import { CaptureError } from '../errors.ts';
import { printNode, printReturn, type Recording, type ValueId } from '../program.ts';
import { formatShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

interface Difference {
  /** The node's place among the program's; one past the last for what is returned. */
  at: number;
  /** What about it differs: `attribute "value": compiled 1, now 2`. */
  what: string;
}

/** @throws CaptureError that names the first node that differs, what about it, and the line that recorded it */
export function checkUnchanged(compiled: Recording, now: Recording): void {
  const difference = firstDifference(compiled, now);
  if (!difference) return;
  const { at, what } = difference;
  const node = now.program.nodes[at] ?? compiled.program.nodes[at];
  const name = node ? `${node.outputs.map((id) => `%${id} `).join('')}${node.op.name}` : 'what it returns';
  const line = ({ program }: Recording) => (program.nodes[at] ? printNode(program, at) : printReturn(program));
  throw new CaptureError(
    `capture: this call recorded something else than was compiled, at ${name}${node?.site ? ` (${node.site})` : ''}: ${what}\n  compiled: ${line(compiled)}\n  now:      ${line(now)}\nA JS value that changes from call to call was frozen; make it an input of the step or a state tensor.`,
  );
}

function firstDifference(compiled: Recording, now: Recording): Difference | null {
  const length = Math.max(compiled.program.nodes.length, now.program.nodes.length);
  for (let at = 0; at < length; at++) {
    const what = nodeDifference(compiled, now, at);
    if (what) return { at, what };
  }
  const what = valuesDifference('output', [compiled, compiled.program.outputs], [now, now.program.outputs]);
  return what ? { at: length, what } : null;
}

function nodeDifference(compiled: Recording, now: Recording, at: number): string | null {
  const [a, b] = [compiled.program.nodes[at], now.program.nodes[at]];
  if (a?.op.name !== b?.op.name)
    return `compiled ${a?.op.name ?? 'no further op'}, now ${b?.op.name ?? 'no further op'}`;
  const [before, after] = [a!.attrs, b!.attrs] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(before!), ...Object.keys(after!)])) {
    const [was, is] = [JSON.stringify(before![key]), JSON.stringify(after![key])];
    if (was !== is) return `attribute "${key}": compiled ${was}, now ${is}`;
  }
  return (
    valuesDifference('input', [compiled, a!.inputs], [now, b!.inputs]) ??
    valuesDifference('meaning', [compiled, a!.meaning ?? []], [now, b!.meaning ?? []])
  );
}

type Values = [recording: Recording, ids: readonly ValueId[]];

/** Values before the first difference have the same numbers in both recordings. */
function valuesDifference(role: string, [compiled, before]: Values, [now, after]: Values): string | null {
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    const [was, is] = [describe(compiled, before[i]), describe(now, after[i])];
    if (was !== is) return `${role} ${i}: compiled ${was}, now ${is}`;
    const [old, given] = [compiled.externals.get(before[i]!), now.externals.get(after[i]!)];
    if (old && given && !isSame(old, given)) return `${role} ${i}: compiled ${was}, now another tensor of that shape`;
  }
  return null;
}

function describe({ program }: Recording, id: ValueId | undefined): string {
  if (id === undefined) return 'nothing';
  const { dtype, shape, memory } = program.values[id]!;
  return `%${id} ${dtype}${formatShape(shape)}${memory === null ? '' : ` in memory ${memory}`}`;
}

/** The same memory, or (for a tensor that the function makes anew each time) made from the same values. */
function isSame(a: Tensor, b: Tensor): boolean {
  if (a.storage === b.storage && a.offset === b.offset) return true;
  const [x, y] = [a.hostValues, b.hostValues];
  return x !== null && y !== null && x.every((value, i) => Object.is(value, y[i]));
}
