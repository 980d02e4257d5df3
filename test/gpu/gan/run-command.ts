/** The command `gan`, here in this process or as one of its own. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../packages/gan/src/cli/fail.ts';
import { train } from '../../../packages/gan/src/cli/train.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `gan train` in this process: no start of Node to wait for. */
export async function trainHere(...args: string[]): Promise<Finished> {
  const texts = { stdout: '', stderr: '' };
  const real = { stdout: process.stdout.write, stderr: process.stderr.write };
  const listen = (name: 'stdout' | 'stderr') =>
    Object.assign(process[name], {
      write(text: string) {
        texts[name] += text;
        return true;
      },
    });
  const before = process.exitCode;
  process.exitCode = 0;
  listen('stdout');
  listen('stderr');
  try {
    await runCommand(() => train(args));
    return { code: Number(process.exitCode), ...texts };
  } finally {
    Object.assign(process.stdout, { write: real.stdout });
    Object.assign(process.stderr, { write: real.stderr });
    process.exitCode = before;
  }
}

let logs = 0;

/** Starts `gan` as a process, its stderr appended to a file as a user's `2>>log` would. Not through npm, which would stand between the signals and the program. */
export function startGan(
  args: readonly string[],
  { wrap = (command) => command }: { wrap?: (command: string[]) => string[] } = {},
): { child: ChildProcess; stderr: () => string; finished: Promise<Finished> } {
  const log = join(tmpdir(), `ganvas-stderr-${process.pid}-${logs++}`);
  const file = openSync(log, 'a');
  const [program, ...words] = wrap([
    ...[process.execPath, '--import', 'tsx', '-C', 'source'],
    ...['packages/gan/src/cli/gan.ts', ...args],
  ]) as [string, ...string[]];
  const options: SpawnOptions = { cwd: ROOT, stdio: ['ignore', 'pipe', file] };
  const child = spawn(program, words, options);
  closeSync(file);
  let stdout = '';
  child.stdout!.on('data', (text) => {
    stdout += text;
  });
  let whole: string | undefined;
  const stderr = () => whole ?? readFileSync(log, 'utf8');
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => {
      whole = stderr();
      rmSync(log);
      resolve({ code, stdout, stderr: whole });
    });
  });
  return { child, stderr, finished };
}

/** Paths of all files below a folder, sorted, each with its content. */
export const filesIn = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );
