/**
 * The real thing: `npm run dcgan` in its quick preset on real MNIST, on the adapter of the tests. Its samples are judged by
 * numbers that noise, constant images and collapsed samples fail (see fixtures/judge.test.ts).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdx } from '@ganvas/gan';
import { faults, judgeDigits } from '../fixtures/judge.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
const MINUTES = 60_000;

describe('npm run dcgan, quick preset', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-quick-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it(
    'ends with samples that pass as digits',
    () => {
      const out = join(folder, 'run');
      const args = ['run', '--silent', 'dcgan', '--', '--preset', 'quick', '--adapter', ADAPTER, '--out', out];
      const { status, stdout } = spawnSync('npm', args, {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      expect(stdout).toContain('done');
      expect(status).toBe(0);
      const { dims, data } = readIdx(join(out, 'samples.idx3-ubyte'));
      expect(dims).toEqual([1000, 28, 28]);
      const judgement = judgeDigits(
        Float32Array.from(data, (byte) => byte / 127.5 - 1),
        1000,
      );
      process.stdout.write(`judged: ${JSON.stringify(judgement)}\n`);
      expect(faults(judgement)).toEqual([]);
    },
    30 * MINUTES,
  );
});
