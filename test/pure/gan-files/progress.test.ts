import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { type ProgressState, progressLine, startProgress } from '../../../packages/gan/src/cli/progress.ts';

const REPORT = ['loss D 1.234 G 0.987', 'D(x) 0.81', 'D(G(z)) 0.22'];
const STATE: ProgressState = { facts: REPORT, done: 120, total: 500, stepsPerSecond: 3.2 };

/** A stream that keeps what is written to it. */
function recorder(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => {
    written.push(String(text));
    return true;
  };
  return { stream: { write, isTTY, columns }, written };
}

describe('progressLine', () => {
  it('says it all', () => {
    expect(progressLine(STATE)).toBe(
      'step 120/500, 3.20 steps/s, ETA 1:59, loss D 1.234 G 0.987, D(x) 0.81, D(G(z)) 0.22',
    );
    expect(progressLine(STATE, 100)).toBe(
      '██████░░░░░░░░░░░░░░░░░░░░ 120/500 3.20 steps/s ETA 1:59 loss D 1.234 G 0.987 D(x) 0.81 D(G(z)) 0.22',
    );
  });

  it('says how long it took, once it is over', () => {
    expect(progressLine({ ...STATE, done: 500, elapsed: 3725 })).toContain('500/500, 3.20 steps/s, in 1:02:05, loss');
  });

  it('drops facts from the end, whole ones, and never the first', () => {
    const many = [...REPORT, ...['grad D 0.12', 'grad G 0.08', 'MNIST-FD 31.4', 'score 8.1', 'KID 0.012', 'skipped 0']];
    const all = ['120/500', '3.20 steps/s', 'ETA 1:59', ...many].join(' ');
    for (let width = 8; width <= 200; width++) {
      const line = progressLine({ ...STATE, facts: many }, width);
      expect(line.length).toBeLessThanOrEqual(width);
      const facts = line.replace(/^[█░]+ /, '');
      expect(all.startsWith(facts)).toBe(true);
      expect(all[facts.length] ?? ' ').toBe(' ');
    }
    expect(progressLine({ ...STATE, facts: many }, 94)).toMatch(/grad D 0.12$/);
    expect(progressLine({ ...STATE, facts: many }, 8)).toBe('120/500');
  });

  it('fits every width, and on 80 columns still has its bar', () => {
    expect(progressLine(STATE, 79)).toMatch(/^█░+ .*D\(G\(z\)\) 0.22$/);
    expect(progressLine(STATE, 40)).toBe('██░░░░░░░░ 120/500 3.20 steps/s ETA 1:59');
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), count, count, fc.float(), (width, done, total, stepsPerSecond) => {
        expect(progressLine({ facts: REPORT, done, total, stepsPerSecond }, width).length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('tells time in hours, and says when it does not know', () => {
    expect(progressLine({ ...STATE, total: 12045 })).toContain('ETA 1:02:07');
    expect(progressLine({ ...STATE, stepsPerSecond: Number.NaN })).toContain('– steps/s, ETA –');
    expect(progressLine({ ...STATE, stepsPerSecond: 12345.6 })).toContain('12346 steps/s');
  });
});

describe('startProgress', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('redraws one line on a terminal, at most ten times a second', () => {
    const { stream, written } = recorder(true, 60);
    const progress = startProgress({ total: 300, stream });
    for (let step = 1; step <= 300; step++) {
      jest.advanceTimersByTime(10);
      progress.update(step, REPORT);
    }
    expect(written.length).toBeGreaterThan(25);
    expect(written.length).toBeLessThanOrEqual(30);
    for (const text of written) expect(text.replace('\r\x1b[2K', '')).toMatch(/^[^\n\r]{1,59}$/);
    progress.stop();
    expect(written.join('')).toMatch(/300\/300 100 steps\/s in 0:03[^\n]*\n$/);
  });

  it('counts the speed of a resumed run from where it resumed', () => {
    const { stream, written } = recorder(false);
    const progress = startProgress({ total: 1000, stream, plainSeconds: 1 });
    for (let step = 901; step <= 905; step++) {
      jest.advanceTimersByTime(2000);
      progress.update(step, REPORT);
    }
    expect(written.at(-1)).toContain('step 905/1000, 0.500 steps/s, ETA 3:10');
    progress.stop();
    expect(written.at(-1)).toContain('step 905/1000, 0.500 steps/s, in 0:10');
  });

  it('writes a plain line now and then elsewhere', () => {
    const { stream, written } = recorder(false);
    const progress = startProgress({ total: 100, stream });
    for (let step = 1; step <= 100; step++) {
      jest.advanceTimersByTime(250);
      progress.update(step, REPORT);
    }
    progress.note('sample grid written');
    progress.stop();
    expect(written.map((text) => text.split(',')[0])).toEqual([
      'step 1/100',
      'step 41/100',
      'step 81/100',
      'sample grid written\n',
      'step 100/100',
    ]);
    expect(written.join('')).not.toContain('\x1b');
  });

  it('puts notes above the live line', () => {
    const { stream, written } = recorder(true);
    const progress = startProgress({ total: 10, stream });
    progress.update(1, REPORT);
    progress.note('sample grid written');
    progress.stop();
    const [first, note, again, last, end] = written;
    expect(note).toBe('\r\x1b[2Ksample grid written\n');
    expect(again).toBe(first);
    expect(last).toBe(first!.replace('ETA –', 'in 0:00').replace('░░ ', ' '));
    expect([end, written.length]).toEqual(['\n', 5]);
  });

  it('leaves nothing where nothing was done', () => {
    const { stream, written } = recorder(true);
    startProgress({ total: 10, stream }).stop();
    expect(written).toEqual([]);
  });
});

describe('outliveClosedPipes', () => {
  it('lets a program run to its end when nobody reads it any more', async () => {
    const script = fileURLToPath(new URL('talks-to-closed-pipe.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', '-C', 'source', script], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout!.destroy();
    child.stderr!.destroy();
    const messages: unknown[] = [];
    child.on('message', (message) => messages.push(message));
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect([code, messages]).toEqual([0, ['done']]);
  });
});
