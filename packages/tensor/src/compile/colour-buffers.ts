/**
 * Which buffer holds which value: values that are never alive at the same time share one. Whole buffers are coloured: WebGPU
 * forbids one buffer being read and written in a dispatch, so ranges of different lifetimes never share one.
 */

/** Something that needs a buffer from its first to its last work, both included. */
export interface Lifetime {
  bytes: number;
  first: number;
  last: number;
}

export interface Colouring {
  /** Bytes of each buffer. */
  buffers: number[];
  /** The buffer of each lifetime, in their order. */
  bufferOf: number[];
}

type Order = (a: Lifetime, b: Lifetime) => number;

const length = ({ first, last }: Lifetime) => last - first;
const LARGEST: Order = (a, b) => b.bytes - a.bytes;
const LONGEST: Order = (a, b) => length(b) - length(a);
const EARLIEST: Order = (a, b) => a.first - b.first;

/**
 * Greedy, in the best of a few orders: the largest first (Pisarchyk & Lee, "Efficient memory management for deep neural net
 * inference", 2020), the longest-lived first, or as they come. Ties go to the next criterion.
 */
const ORDERS: readonly (readonly Order[])[] = [
  [LARGEST, EARLIEST],
  [LARGEST, LONGEST],
  [LONGEST, LARGEST],
  [EARLIEST, LARGEST],
];

export function colourBuffers(lifetimes: readonly Lifetime[]): Colouring {
  const total = ({ buffers }: Colouring) => buffers.reduce((a, b) => a + b, 0);
  return ORDERS.map((order) => colourInOrder(lifetimes, order)).reduce((a, b) => (total(b) < total(a) ? b : a));
}

/** Each in turn takes the buffer, of those free all its life, that need grow least, and of these the smallest. */
function colourInOrder(lifetimes: readonly Lifetime[], order: readonly Order[]): Colouring {
  const compare = (a: number, b: number) =>
    order.map((by) => by(lifetimes[a]!, lifetimes[b]!)).find((difference) => difference !== 0) ?? a - b;
  const buffers: { bytes: number; tenants: Lifetime[] }[] = [];
  const bufferOf = new Array<number>(lifetimes.length);
  for (const i of lifetimes.map((_, at) => at).sort(compare)) {
    const own = lifetimes[i]!;
    const growth = ({ bytes }: { bytes: number }) => Math.max(0, own.bytes - bytes);
    const free = buffers.filter(({ tenants }) => tenants.every((t) => t.last < own.first || own.last < t.first));
    free.sort((a, b) => growth(a) - growth(b) || a.bytes - b.bytes);
    const taken = free[0] ?? { bytes: own.bytes, tenants: [] };
    if (free.length === 0) buffers.push(taken);
    taken.bytes = Math.max(taken.bytes, own.bytes);
    taken.tenants.push(own);
    bufferOf[i] = buffers.indexOf(taken);
  }
  return { buffers: buffers.map((b) => b.bytes), bufferOf };
}
