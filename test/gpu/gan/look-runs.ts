/** Tiny runs of every kind, and the commands that look at them, for the tests of a file. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeConfig, createTrainer, openData, type RunConfig, saveCheckpoint, writeIdx } from '@ganvas/gan';
import { type Device, openDevice } from '@ganvas/tensor';
import { arithmetic } from '../../../packages/gan/src/cli/arithmetic.ts';
import { evaluate } from '../../../packages/gan/src/cli/evaluate.ts';
import { runCommand } from '../../../packages/gan/src/cli/fail.ts';
import { interpolate } from '../../../packages/gan/src/cli/interpolate.ts';
import { latents } from '../../../packages/gan/src/cli/latents.ts';
import { sample } from '../../../packages/gan/src/cli/sample.ts';
import { walk } from '../../../packages/gan/src/cli/walk.ts';
import { keepKernelChoices } from '../../../packages/gan/src/run/kernel-choices.ts';

export const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
export const COMMANDS = { sample, interpolate, walk, arithmetic, latents, evaluate };
export type Name = keyof typeof COMMANDS;

export interface LookRuns {
  /** Of everything that the tests make. It goes when they end. */
  folder: string;
  path(name: string): string;
  /** A command on the run in a folder, which is expected to do its work. @returns what it prints */
  done(name: Name, run: string, ...args: string[]): Promise<string>;
}

/** The runs `digits`, `told` (a cGAN), `stacked`, `ring`, and `noise` on images that are no digits. */
export function useLookRuns(): LookRuns {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-look-'));
  const path = (name: string) => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    const device = await openDevice({ adapter: ADAPTER });
    try {
      await trained(device, path, 'digits', { model: 'mlp', hidden: [8] }, 1);
      await trained(device, path, 'told', { model: 'cgan', width: 4, size: 16, latent: 10 });
      await trained(device, path, 'stacked', { model: 'mlp', hidden: [8], data: 'stacked-mnist' });
      await trained(device, path, 'ring', { model: 'mlp', hidden: [8], data: 'ring' });
      // Grey images that are no digits, of which nobody knows the classes.
      writeIdx(path('noise.idx3-ubyte'), [8, 4, 4], new Uint8Array(128));
      await trained(device, path, 'noise', { model: 'mlp', hidden: [8], data: path('noise.idx3-ubyte'), size: 4 });
    } finally {
      device.close();
    }
  });
  return {
    folder,
    path,
    async done(name, run, ...args) {
      const { code, stdout, stderr } = await gan(name, path(run), '--adapter', ADAPTER, ...args);
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    },
  };
}

/** A run that did a step or none: what is looked at is the same. */
async function trained(
  device: Device,
  path: (name: string) => string,
  name: string,
  said: Partial<RunConfig>,
  steps = 0,
): Promise<void> {
  const config = completeConfig({ steps: 1, batch: 8, ...said }, 'quick');
  const source = await openData(config.data, { ...config, device });
  const trainer = createTrainer(device, config, source);
  if (steps > 0) {
    await trainer.prepare();
    trainer.step(0);
    await trainer.reports.flush();
  }
  mkdirSync(path(`${name}/checkpoints`), { recursive: true });
  const about = {
    config,
    step: steps,
    adapter: device.adapter.name,
    kernels: keepKernelChoices(device, null).record(),
    data: source,
  };
  await saveCheckpoint(path(`${name}/checkpoints/step-000000.safetensors`), trainer.state, about);
}

/** Runs a command as `npm run gan` does, and catches what it would leave in the terminal. */
export async function gan(name: Name, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const streams = ['stdout', 'stderr'] as const;
  const originals = streams.map((stream) => process[stream].write);
  for (const stream of streams)
    process[stream].write = (text: string | Uint8Array) => {
      said[stream] += text;
      return true;
    };
  try {
    await runCommand(() => COMMANDS[name](args));
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    streams.forEach((stream, i) => {
      process[stream].write = originals[i]!;
    });
    process.exitCode = 0;
  }
}
