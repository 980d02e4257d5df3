/** Steps a second, as of late. */
export interface Pace {
  start(): void;
  /** @returns steps a second over the last few seconds of training, `count` more of them done now; null until that can be told */
  passed(count: number): number | null;
  stop(): void;
}

/** Milliseconds that are looked back. */
const WINDOW = 4000;

export function openPace(now: () => number = () => performance.now()): Pace {
  let marks: { at: number; count: number }[] = [];
  return {
    start() {
      marks = [{ at: now(), count: 0 }];
    },
    passed(count) {
      if (marks.length === 0) return null;
      marks.push({ at: now(), count });
      while (marks.length > 2 && marks.at(-1)!.at - marks[0]!.at > WINDOW) marks.shift();
      const seconds = (marks.at(-1)!.at - marks[0]!.at) / 1000;
      return seconds > 0 ? marks.slice(1).reduce((sum, mark) => sum + mark.count, 0) / seconds : null;
    },
    stop() {
      marks = [];
    },
  };
}
