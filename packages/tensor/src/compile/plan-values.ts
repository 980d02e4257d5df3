/**
 * The values in a plan's buffers, told apart: a buffer serves one value after another, and the plan itself only knows the buffer.
 * A write over what an earlier dispatch wrote there is the beginning of the next value.
 */
import type { Kernel } from '@ganvas/kernels-wgsl';
import type { Location, Plan } from './plan-memory.ts';

/** A binding of a dispatch. Values are called `#3` (the first in buffer 3), `#3.2` (the second), `%7` (memory outside the plan). */
export interface PlannedValue {
  location: Location;
  /** The value that the dispatch reads here; null where it only writes. */
  read: string | null;
  /** The value that it leaves here; null where it only reads. */
  written: string | null;
  /** The value that is gone with this write; null for all others. Read as well, it is replaced in place. */
  replaced: string | null;
}

/** For each dispatch its bindings, in order. */
export function plannedValues(plan: Plan): PlannedValue[][] {
  const slots = plan.slots.map(() => ({ values: 1, ranges: [] as { offset: number; bytes: number }[] }));
  return plan.dispatches.map(({ kernel, bindings }) =>
    bindings.map((location, i): PlannedValue => {
      const { name: array, access } = kernel.bindings[i]!;
      const isWritten = access === 'read_write';
      const isRead = !isWritten || loads(kernel, array);
      if (location.kind === 'external') {
        const name = `%${location.value}`;
        return { location, read: isRead ? name : null, written: isWritten ? name : null, replaced: null };
      }
      const slot = slots[location.slot]!;
      const name = () => `#${location.slot}${slot.values > 1 ? `.${slot.values}` : ''}`;
      const before = name();
      if (!isWritten) return { location, read: before, written: null, replaced: null };
      const { offset, bytes } = location;
      const isReplaced = slot.ranges.some((r) => r.offset < offset + bytes && offset < r.offset + r.bytes);
      if (isReplaced) {
        slot.values++;
        slot.ranges = [];
      }
      slot.ranges.push({ offset, bytes });
      return { location, read: isRead ? before : null, written: name(), replaced: isReplaced ? before : null };
    }),
  );
}

/** Whether a kernel reads an array that it may write: whether an element stands in its text other than left of an assignment. */
function loads(kernel: Kernel, array: string): boolean {
  const code = kernel.code.replace(/\/\/.*/g, '');
  return Array.from(code.matchAll(new RegExp(`\\b${array}\\[`, 'g'))).some(({ index }) => {
    let at = index + array.length;
    for (let depth = 0; at === index + array.length || depth > 0; at++)
      depth += code[at] === '[' ? 1 : code[at] === ']' ? -1 : 0;
    return !/^(\.\w+)?\s*=[^=]/.test(code.slice(at));
  });
}
