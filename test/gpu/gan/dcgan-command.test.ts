/** `npm run dcgan` as its users run it: a short run, Ctrl-C and resume, and everything that one can get wrong. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdx } from '@ganvas/gan';
import { PNG } from 'pngjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
const SMALL = ['--adapter', ADAPTER, '--width', '4', '--batch', '8', '--samples', '5', '--sample-every', '3'];

interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

const folder = mkdtempSync(join(tmpdir(), 'ganvas-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
let runs = 0;

/** Starts the command, its stderr appended to a file as a user's `2>>log` would. */
function start(args: readonly string[]): { child: ChildProcess; stderr: () => string; finished: Promise<Finished> } {
  const log = join(folder, `stderr-${runs++}`);
  const file = openSync(log, 'a');
  // Not through npm, which would stand between the signals and the program.
  const command = ['--import', 'tsx', '-C', 'source', 'packages/gan/src/cli/dcgan.ts', ...args];
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', file] });
  closeSync(file);
  let stdout = '';
  child.stdout!.on('data', (text) => {
    stdout += text;
  });
  const stderr = () => readFileSync(log, 'utf8');
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr: stderr() }));
  });
  return { child, stderr, finished };
}
const dcgan = (...args: string[]): Promise<Finished> => start(args).finished;

describe('npm run dcgan', () => {
  const whole = join(folder, 'whole');

  it('trains, and leaves grids, losses, a chart, a checkpoint and samples', async () => {
    const { code, stdout, stderr } = await dcgan(...SMALL, '--steps', '6', '--out', whole);
    expect(stderr).not.toMatch(/warning|error/i);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^adapter {2}\S/);
    const pictures = ['grids', 'loss.png', 'samples.png'];
    const data = ['checkpoint.safetensors', 'kernels.json', 'loss.csv', 'samples.idx3-ubyte'];
    expect(readdirSync(whole).sort()).toEqual([...pictures, ...data].sort());
    expect(readdirSync(join(whole, 'grids'))).toEqual(['step-000003.png', 'step-000006.png']);
    const lines = readFileSync(join(whole, 'loss.csv'), 'utf8').trim().split('\n');
    expect(lines[0]).toBe('step,epoch,lossD,lossG,dReal,dFake');
    expect(lines).toHaveLength(7);
    const { dims, data: bytes } = readIdx(join(whole, 'samples.idx3-ubyte'));
    expect(dims).toEqual([5, 28, 28]);
    expect(new Set(bytes).size).toBeGreaterThan(1);
    const grid = PNG.sync.read(readFileSync(join(whole, 'samples.png')));
    expect(grid.width).toBe(grid.height);
    expect(PNG.sync.read(readFileSync(join(whole, 'loss.png'))).width).toBe(1200);
  });

  it('stopped by Ctrl-C finishes its step, saves, says how to go on; resumed it ends in the same bits', async () => {
    const out = join(folder, 'stopped');
    const running = start([...SMALL, '--steps', '100000', '--out', out]);
    while (!running.stderr().includes('step 1/')) await new Promise((resolve) => setTimeout(resolve, 50));
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.finished;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping after this step');
    expect(stdout).toContain(`Continue with: npm run dcgan -- --resume ${out}`);
    const done = Number(/stopped {2}after step (\d+)/.exec(stdout)![1]);
    expect(done).toBeLessThan(1000);
    const target = String(done + 2);
    expect((await dcgan('--adapter', ADAPTER, '--resume', out, '--steps', target, '--samples', '0')).code).toBe(0);
    const straight = join(folder, 'straight');
    await dcgan(...SMALL, '--steps', target, '--out', straight);
    for (const file of ['checkpoint.safetensors', 'loss.csv', 'samples.png']) {
      expect(readFileSync(join(out, file)).equals(readFileSync(join(straight, file)))).toBe(true);
    }
    expect(existsSync(join(out, 'samples.idx3-ubyte'))).toBe(false);
  });

  it('resumed goes on with the kernels that the run began with, and explains them', async () => {
    const out = join(folder, 'pinned');
    cpSync(whole, out, { recursive: true });
    const kernels = join(out, 'kernels.json');
    const before = readFileSync(kernels, 'utf8');
    const first = /"(conv2d [^"]*)": \[\n *"([^"]*)"/;
    const [, problem, rung] = first.exec(before)!;
    expect(rung).not.toBe('0-naive');
    // Not what the order has first: only the run's own choice can be the reason to take it.
    writeFileSync(kernels, before.replace(first, '"$1": [ "0-naive"'));
    const resume = ['--adapter', ADAPTER, '--resume', out, '--steps', '8', '--samples', '0', '--explain'];
    const { code, stdout, stderr } = await dcgan(...resume);
    expect(code).toBe(0);
    expect(stdout.split('\n').find((line) => line.endsWith(problem!))).toMatch(/^0-naive +pinned by the run /);
    expect(first.exec(readFileSync(kernels, 'utf8'))![2]).toBe('0-naive');
    expect(stderr).not.toContain('chosen anew');
  });

  const refusal = async (args: string[], message: RegExp) => {
    const { code, stderr } = await dcgan(...args);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  };

  it('refuses flags and values that it does not know, in one line, with exit code 2', async () => {
    await refusal(['--step', '5'], /--step/);
    await refusal(['--steps', 'many'], /--steps.*many/);
    await refusal(['--preset', 'slow'], /preset.*quick, standard, paper/);
    await refusal(['--size', '30'], /28, or a power of two/);
    await refusal(['--adapter', 'voodoo', '--out', join(folder, 'x')], /voodoo/);
  });

  it('refuses folders and checkpoints that do not serve, and changes nothing', async () => {
    const before = readFileSync(join(whole, 'checkpoint.safetensors'));
    await refusal([...SMALL, '--out', whole], /holds a run already.*--resume/);
    await refusal(['--resume', join(folder, 'nowhere')], /no checkpoint/);
    await refusal(['--adapter', ADAPTER, '--resume', whole, '--steps', '2'], /has done 6 steps already/);
    expect(readFileSync(join(whole, 'checkpoint.safetensors')).equals(before)).toBe(true);

    const broken = join(folder, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'checkpoint.safetensors'), before);
    truncateSync(join(broken, 'checkpoint.safetensors'), before.length - 100);
    await refusal(['--resume', broken], /broken.*not a sound safetensors file/);
    writeFileSync(join(folder, 'a-file'), '');
    await refusal([...SMALL, '--out', join(folder, 'a-file', 'run')], /cannot write/);
  });
});
