/** The suite as a command, on one small case. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../../bench/report.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const adapter = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

const folder = mkdtempSync(join(tmpdir(), 'ganvas-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

let runs = 0;

function start(...args: string[]): { child: ChildProcess; ended: Promise<Outcome> } {
  const words = ['--import', 'tsx', '-C', 'source', 'bench/main.ts', ...args];
  // As in a shell's `2>>log`: what drivers say is taken off a file that is appended to, and not off a socket.
  const log = join(folder, `stderr-${runs++}`);
  const stderr = openSync(log, 'a');
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', stderr] });
  closeSync(stderr);
  let out = '';
  child.stdout!.on('data', (chunk) => {
    out += chunk;
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, out, err: readFileSync(log, 'utf8') }));
  });
  return { child, ended };
}

const bench = (...args: string[]): Promise<Outcome> => start(...args).ended;

it('measures every rung of a case, writes a report, and finds what became slower', async () => {
  const [older, newer] = [join(folder, 'older.json'), join(folder, 'newer.json')];
  const once = { case: 'sum 4M', engine: 'ganvas', rung: '3-chunked', ms: 1e-3, p25: 1e-3, p75: 1e-3 };
  writeFileSync(older, JSON.stringify({ device: { adapter: 'a faster one' }, cases: [once] }));

  const flags = ['--quick', '--rungs', '--adapter', adapter, '--json', newer, '--compare', older];
  const { code, out, err } = await bench('sum 4m', ...flags);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(out).toContain('from another adapter: a faster one');
  expect(out).toMatch(/slower\n1 of 1 became slower\.\n$/);

  const report = JSON.parse(readFileSync(newer, 'utf8')) as Report;
  expect(report.device.toggles).toContain('robustness on');
  const { streams, ...ceilings } = report.roofline;
  for (const ceiling of [...Object.values(ceilings), ...streams.map(({ gbps }) => gbps)])
    expect(ceiling).toBeGreaterThan(0);
  expect(streams.map(({ bytes }) => bytes)).toEqual(streams.map((_, i) => 2 ** (21 + 2 * i)));
  expect(streams.at(-1)!.gbps).toBe(ceilings.gbps);
  expect(report.cases.length).toBeGreaterThan(1);
  for (const result of report.cases) {
    expect(result).toMatchObject({ case: 'sum 4M', engine: 'ganvas', rung: expect.stringMatching(/^\d-[a-z-]+$/) });
    expect(out).toContain(`\n  ${result.rung} `);
    expect(result.p25).toBeGreaterThan(0);
    expect(result.p25).toBeLessThanOrEqual(result.ms);
    expect(result.ms).toBeLessThanOrEqual(result.p75);
    expect(result.gbps).toBeCloseTo((4 * (4 * 2 ** 20 + 1)) / result.ms / 1e6, 6);
  }
});

it('a run that is killed has kept the cases before', async () => {
  const path = join(folder, 'killed.json');
  const { child, ended } = start('matmul', '--quick', '--adapter', adapter, '--json', path);
  while (!existsSync(path) && child.exitCode === null) await sleep(10);
  child.kill('SIGKILL');
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  expect(cases.map((c) => c.case)).toEqual(['matmul 256x256x256']);
});

it.each([
  [['--fast'], /^bench: Unknown option '--fast'/],
  [['--compare', '/no/such/report.json'], /^cannot read \/no\/such\/report\.json: no such file/],
  [['--adapter', adapter, 'tensorflow'], /^bench: no case matches "tensorflow"; there is matmul 256x256x256,/],
])('%j is one line and exit code 2', async (args, message) => {
  const { code, out, err } = await bench(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.trimEnd().split('\n')).toEqual([expect.stringMatching(message)]);
});
