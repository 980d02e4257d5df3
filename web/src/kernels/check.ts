/** Compares what the device computed with the float64 reference. */

export interface Verdict {
  right: boolean;
  /** One line for the reader. */
  text: string;
}

/** Of the largest magnitude in the reference: rounding of f32 in sums of some thousand terms stays far below. */
const TOLERANCE = 1e-5;

/** @param want the first elements of the result, or all */
export function check(got: ArrayLike<number>, want: Float64Array): Verdict {
  let largest = 0;
  for (const value of want) largest = Math.max(largest, Math.abs(value));
  let worst = 0;
  let wrong = 0;
  let first = -1;
  for (let i = 0; i < want.length; i++) {
    const error = Math.abs(got[i]! - want[i]!) / (largest || 1);
    if (error <= TOLERANCE) worst = Math.max(worst, error);
    else {
      if (first < 0) first = i;
      wrong++;
    }
  }
  const checked = want.length === got.length ? 'all' : 'the first';
  const count = want.length.toLocaleString('en');
  if (wrong === 0)
    return {
      right: true,
      text: `Right: ${checked} ${count} results match float64 to ${worst.toExponential(1)} of the largest.`,
    };
  const found = Number.isNaN(got[first]!) ? 'NaN (never written, or computed from NaN)' : got[first]!.toPrecision(6);
  return {
    right: false,
    text: `Wrong: ${wrong.toLocaleString('en')} of ${count} results. The first is element ${first}: got ${found}, expected ${want[first]!.toPrecision(6)}.`,
  };
}

/** Asks the worker for references, one at a time; the last is remembered. */
export function createReferences() {
  let worker: Worker | null = null;
  let known: { key: string; reference: Promise<Float64Array | null> } | null = null;
  let giveUp = () => {};
  const stop = () => {
    worker?.terminate();
    giveUp();
  };
  return {
    /** The result in float64, or null where plain loops would take too long. */
    of(family: string, shape: string): Promise<Float64Array | null> {
      const key = `${family}: ${shape}`;
      if (known?.key === key) return known.reference;
      stop(); // nobody wants the shape before any more
      const asked = new Worker(new URL('./reference-worker.ts', import.meta.url), { type: 'module' });
      worker = asked;
      const reference = new Promise<Float64Array | null>((resolve, reject) => {
        giveUp = () => reject(new Error('the reference was given up for another shape'));
        asked.onmessage = ({ data }: MessageEvent<Float64Array | null>) => resolve(data);
        asked.onerror = (event) => reject(new Error(`the reference could not be computed: ${event.message}`));
        asked.postMessage({ family, shape });
      });
      reference.catch(() => {
        if (known?.key === key) known = null;
      });
      known = { key, reference };
      return reference;
    },
    close: stop,
  };
}
