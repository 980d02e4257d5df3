/** `npm run profile` as its users run it, on one small case. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile, Trace } from '@ganvas/tensor';
import { ROOT } from '../../documents.ts';

const adapter = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
const folder = mkdtempSync(join(tmpdir(), 'ganvas-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

function profile(...args: string[]) {
  const words = ['--import', 'tsx', '-C', 'source', 'bench/profile.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

it('prints the profile and the plan, and writes what it is asked for', () => {
  const files = ['json', 'trace', 'svg', 'plan-svg'].map((kind) => [`--${kind}`, join(folder, kind)] as const);
  const { status, out } = profile('softmax', '--runs', '1', '--plan', '--adapter', adapter, ...files.flat());
  expect(status).toBe(0);
  const [json, trace, program, plan] = files.map(([, path]) => readFileSync(path, 'utf8')) as [string, ...string[]];

  const report = JSON.parse(json) as Profile & { case: string };
  expect(report).toMatchObject({ case: 'softmax 4096x1024', runs: 1, roofline: { gflops: expect.any(Number) } });
  expect(report.dispatches.length).toBeGreaterThan(0);
  for (const { kernel, roofline, share } of report.dispatches) {
    expect(out.split(kernel.slice(0, 28)).length).toBeGreaterThan(2); // in the plan and in the profile
    expect(plan).toContain(kernel.split('/')[0]);
    expect(roofline).toBeGreaterThan(0);
    expect(share).toBeGreaterThan(0);
  }
  expect(out).toMatch(/\nsoftmax 4096x1024\n.*\nmedian of 1 run by the device's clock\n\n# {2}ops {2}/);
  expect((JSON.parse(trace!) as Trace).traceEvents).toHaveLength(report.dispatches.length + 2);
  expect(program).toMatch(/<svg[\s\S]*>softmax<[\s\S]*<\/svg>/);
});

it.each([
  [['tensorflow'], /^profile: no case "tensorflow"/],
  [['dcgan', '--json', '/no/such/folder/file'], /^cannot write \/no\/such\/folder\/file: no such file/],
])('%j is one line and exit code 2', (args, message) => {
  const { status, out, err } = profile(...args);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err.trimEnd().split('\n')).toEqual([expect.stringMatching(message)]);
});
