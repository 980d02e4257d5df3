/**
 * Waiting for an adapter that computes on the CPU, in Node. While a promise of Dawn's is open, Node's event loop spins to ask for
 * news: a whole core, which a software adapter could compute with. So the thread sleeps between two turns of the loop, each time for
 * a fixed share of what it has waited so far, and learns of the end that much later at most.
 */

/** Of the time waited so far. */
const SHARE = 1 / 16;
/** Milliseconds; timers, signals and files are served at least every so often. */
const LONGEST = 2;
/** Milliseconds that a sleep takes at least; until then the loop may as well spin. */
const SHORTEST = 0.05;

const bell = new Int32Array(new SharedArrayBuffer(4)); // nobody rings it

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @returns what `work` resolves to */
export async function waitAsleep<T>(work: Promise<T>): Promise<T> {
  let open = true;
  const end = () => {
    open = false;
  };
  work.then(end, end);
  const start = performance.now();
  while (open) {
    const nap = Math.min(SHARE * (performance.now() - start), LONGEST);
    if (nap >= SHORTEST) Atomics.wait(bell, 0, 0, nap);
    await turn();
  }
  return work;
}
