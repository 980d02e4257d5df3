/**
 * The real thing: `npm run dcgan` and `npm run cgan` in their quick preset on real MNIST, on the adapter of the tests. Samples are
 * judged by numbers that noise, constant images and collapsed samples fail (see fixtures/judge.test.ts), and those of a class by
 * whether the classifier that the package ships reads it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdx } from '@ganvas/gan';
import { faults, judgeDigits } from '../fixtures/judge.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
const MINUTES = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'ganvas-quick-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns what the script printed, once it has succeeded */
function run(script: string, ...args: string[]): string {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', script, '--', ...args, '--adapter', ADAPTER], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(status).toBe(0);
  return stdout;
}

it(
  'npm run dcgan ends with samples that pass as digits',
  () => {
    const out = join(folder, 'dcgan');
    expect(run('dcgan', '--preset', 'quick', '--out', out)).toContain('done');
    const samples = join(folder, 'samples.idx3-ubyte');
    run('gan', 'sample', out, '--count', '1000', '--out', samples);
    const { dims, data } = readIdx(samples);
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

it(
  'npm run cgan ends with varied samples, of which 95 in 100 are read as the digit that they were asked to be',
  () => {
    const out = join(folder, 'cgan');
    expect(run('cgan', '--preset', 'quick', '--out', out)).toContain('done');
    const json = join(folder, 'judgement.json');
    run('gan', 'evaluate', out, '--samples', '1000', '--json', json);
    const { figures } = JSON.parse(readFileSync(json, 'utf8')) as { figures: { name: string; value: number }[] };
    const figure = (name: string) => figures.find((each) => each.name === name)!.value;
    process.stdout.write(
      `label accuracy: ${figure('label accuracy')}, MNIST-FD ${figure('MNIST-FD')}, recall ${figure('recall')}\n`,
    );
    expect(figure('label accuracy')).toBeGreaterThanOrEqual(0.95);
    // One picture a class would be read as well; it has an MNIST-FD of 20 and more, and a recall of 0.
    expect(figure('MNIST-FD')).toBeLessThan(10);
    expect(figure('recall')).toBeGreaterThan(0.05);
  },
  30 * MINUTES,
);
