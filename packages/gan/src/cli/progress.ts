/** How a training run shows that it is alive: one live line on a terminal, a plain line now and then in a log. */
import type { WriteStream } from 'node:tty';

export interface Progress {
  /**
   * After a step, or a few; `done` counts the steps from the run's start, `facts` are short texts to show, the most important
   * first. Draws at most ten times a second.
   */
  update(done: number, facts: readonly string[]): void;
  /** Prints a line of its own above the live one. */
  note(line: string): void;
  /** Draws the last state, with the time that all steps took and their mean speed, and leaves the line. */
  stop(): void;
}

export interface ProgressState {
  facts: readonly string[];
  done: number;
  total: number;
  stepsPerSecond: number;
  /** Seconds that it took, once it is over: shown in place of what it will take. */
  elapsed?: number;
}

/** Where progress is drawn: `process.stderr`, or anything that takes text. */
export type ProgressStream = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

/** How many steps were done when, in milliseconds. */
interface Mark {
  done: number;
  time: number;
}

const REDRAW_MS = 100;
/** To the start of the line, and clear it. */
const ERASE = '\r\x1b[2K';
/** Updates over which the speed is averaged; long enough to be calm, short enough to follow a change. */
const SPEED_UPDATES = 50;

/**
 * @param total steps of the run
 * @param stream default stderr, so that stdout stays free for results
 * @param plainSeconds seconds between lines where the stream is no terminal, default 10
 */
export function startProgress({
  total,
  stream = process.stderr,
  plainSeconds = 10,
}: {
  total: number;
  stream?: ProgressStream;
  plainSeconds?: number;
}): Progress {
  const live = stream.isTTY === true;
  const interval = live ? REDRAW_MS : plainSeconds * 1000;
  const startedAt = performance.now();
  const marks: Mark[] = [];
  let first: Mark | undefined;
  let state: ProgressState | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;

  const draw = () => {
    if (!state) return;
    // The last column stays empty: a terminal may wrap once it is written.
    stream.write(live ? `${ERASE}${progressLine(state, (stream.columns || 80) - 1)}` : `${progressLine(state)}\n`);
    drawnAt = performance.now();
  };
  return {
    update(done, facts) {
      const time = performance.now();
      marks.push({ done, time });
      if (marks.length > SPEED_UPDATES) marks.shift();
      first ??= marks[0]!;
      state = { facts, done, total, stepsPerSecond: speed(marks[0]!, marks.at(-1)!) };
      if (time - drawnAt >= interval) draw();
    },
    note(line) {
      stream.write(`${live ? ERASE : ''}${line}\n`);
      if (live) draw();
    },
    stop() {
      if (!state || !first) return;
      const elapsed = (performance.now() - startedAt) / 1000;
      state = { ...state, elapsed, stepsPerSecond: speed(first, marks.at(-1)!) };
      draw();
      if (live) stream.write('\n');
      state = undefined;
    },
  };
}

/** Steps a second. */
const speed = (from: Mark, to: Mark): number => (1000 * (to.done - from.done)) / (to.time - from.time);

/**
 * One line about a run. With `width` it has a bar and at most that many characters: the bar shrinks first, then vanishes, then
 * the last facts do.
 */
export function progressLine(state: ProgressState, width?: number): string {
  const { done, total, stepsPerSecond, elapsed } = state;
  const measured = Number.isFinite(stepsPerSecond) && stepsPerSecond > 0;
  const facts = [
    `${done}/${total}`,
    measured
      ? `${stepsPerSecond < 100 ? stepsPerSecond.toPrecision(3) : Math.round(stepsPerSecond)} steps/s`
      : '– steps/s',
    elapsed === undefined ? `ETA ${measured ? clock((total - done) / stepsPerSecond) : '–'}` : `in ${clock(elapsed)}`,
    ...state.facts,
  ];
  if (width === undefined) return `step ${facts.join(', ')}`;
  while (facts.length > 1 && facts.join(' ').length > width) facts.pop();
  const line = facts.join(' ');
  const bar = Math.min(30, width - line.length - 1);
  if (bar < 4) return line.slice(0, Math.max(0, width));
  const full = Math.round(bar * Math.min(1, done / total));
  return `${'█'.repeat(full)}${'░'.repeat(bar - full)} ${line}`;
}

/** Seconds as 0:07, 12:34 or 1:02:03. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/**
 * Lets the program outlive the reader of its output (`npm run dcgan | head`, a closed terminal): what can no longer be written
 * is dropped. Call once, before the first output. Any other failure of a stream still ends the program.
 */
export function outliveClosedPipes(streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '')) throw error;
    });
  }
}
