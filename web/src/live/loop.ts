/** Training beside everything else that a thread does: steps in slices, and other work between two steps, never during one. */

export interface Loop {
  /** Steps without end, until `pause`. */
  run(): void;
  pause(): void;
  /** Does `work` before the next step, after the work that was asked for earlier. */
  job(work: () => void | Promise<void>): void;
  /** Ends it; resolves when what runs has run. */
  close(): Promise<void>;
}

/** Milliseconds without a turn of the event loop: short enough for a picture a frame. */
const SLICE = 10;

/**
 * @param step submits a step, and waits where the device is behind
 * @param failed is told what a step or a job threw; the loop pauses, and can be set going again
 */
export function openLoop(step: () => Promise<void>, failed: (error: unknown) => void): Loop {
  const jobs: (() => void | Promise<void>)[] = [];
  let running = false;
  let open = true;
  let wake = () => {};
  const go = async () => {
    let slice = performance.now();
    while (open) {
      try {
        const job = jobs.shift();
        if (job) await job();
        else if (running) await step();
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      } catch (error) {
        running = false;
        failed(error);
      }
      if (performance.now() - slice < SLICE) continue;
      await turn();
      slice = performance.now();
    }
  };
  const ended = go();
  return {
    run() {
      running = true;
      wake();
    },
    pause() {
      running = false;
    },
    job(work) {
      jobs.push(work);
      wake();
    },
    close() {
      open = false;
      wake();
      return ended;
    },
  };
}

/** Lets the thread's other tasks run: messages, clicks, drawing. A timer would wait 4 ms each time. */
const turn = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
