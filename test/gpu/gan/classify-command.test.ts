/** `npm run classify` as its users run it wrongly, and its page of help. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classifyHelp, parseClassifyOptions } from '../../../packages/gan/src/cli/classify-options.ts';
import { UsageError } from '../../../packages/gan/src/cli/options.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ganvas-classify-'));
afterAll(() => rmSync(folder, { recursive: true }));

let runs = 0;

/** Its stderr goes to a file, as a user's `2>>log` would. */
function command(...args: string[]) {
  const log = join(folder, `stderr-${runs++}`);
  const file = openSync(log, 'a');
  const script = ['--import', 'tsx', '-C', 'source', 'packages/gan/src/cli/classify.ts', ...args];
  const { status, stdout } = spawnSync(process.execPath, script, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', file],
  });
  closeSync(file);
  return { status, stdout, stderr: readFileSync(log, 'utf8') };
}

it('has defaults', () => {
  expect(parseClassifyOptions([])).toEqual({ epochs: 4, batch: 100, width: 16, seed: 1, adapter: 'auto' });
  expect(parseClassifyOptions(['--epochs', '2', '--out', 'x', '--save', 'y'])).toMatchObject({
    ...{ epochs: 2, out: 'x', save: 'y' },
  });
});

it('prints its help', () => {
  const { status, stdout } = command('--help');
  expect([status, stdout]).toEqual([0, classifyHelp()]);
  for (const flag of ['--adapter', '--epochs', '--batch', '--width', '--seed', '--out', '--save', '--help'])
    expect(stdout).toContain(flag);
});

it.each<[string[], RegExp]>([
  [['--epoch', '2'], /--epoch'.*--help lists the options/],
  [['--epochs', '0'], /--epochs.*'0'.*whole number ≥ 1/],
  [['--batch', 'many'], /--batch.*'many'/],
  [['--width', '0'], /--width.*'0'.*whole number ≥ 1/],
  [['--seed', '-1'], /--seed.*'-1'/],
  [['more'], /too many arguments/],
])('refuses %j in one line', (args, message) => {
  expect(() => parseClassifyOptions(args)).toThrow(UsageError);
  expect(() => parseClassifyOptions(args)).toThrow(message);
});

it.each<[string[], RegExp]>([
  [['--epochs', 'x'], /--epochs.*'x'/],
  [['--batch', '60001'], /^--batch 60001: there are 60000 digits/],
  [['--out', join(folder, 'a-file', 'run')], /^cannot write .*a-file/],
  [['--out', join(folder, 'run'), '--save', join(folder, 'none', 'w')], /^cannot write .*none.*no such file/],
  [['--out', join(folder, 'run'), '--save', folder], /^cannot write .*: it is a folder/],
])('ends with one line and exit code 2 for %j', (args, message) => {
  writeFileSync(join(folder, 'a-file'), '');
  const { status, stderr } = command('--adapter', process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader', ...args);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
