/** `npm run gan -- COMMAND …`: what the package does from a terminal. */
import { runCommand } from './fail.ts';
import { UsageError } from './options.ts';
import { outliveClosedPipes } from './progress.ts';
import { say } from './say.ts';

type Command = (args: readonly string[]) => Promise<void>;

/** Each command's page, and where it is; a command loads nothing of the others. */
const COMMANDS: Record<string, { about: string; load: () => Promise<Command> }> = {
  train: { about: 'train a GAN, or go on with one', load: async () => (await import('./train.ts')).train },
  evaluate: { about: 'judge the samples of a run', load: async () => (await import('./evaluate.ts')).evaluate },
  sample: { about: 'make pictures with a run', load: async () => (await import('./sample.ts')).sample },
  interpolate: {
    about: 'walk from one sample to another',
    load: async () => (await import('./interpolate.ts')).interpolate,
  },
  walk: { about: 'wander through the latent space', load: async () => (await import('./walk.ts')).walk },
  arithmetic: { about: 'add and subtract latents', load: async () => (await import('./arithmetic.ts')).arithmetic },
  latents: { about: 'map latents or features as a picture', load: async () => (await import('./latents.ts')).latents },
  export: {
    about: 'write safetensors for PyTorch, or ONNX',
    load: async () => (await import('./export.ts')).exportRun,
  },
  import: {
    about: 'take PyTorch’s weights, to go on training',
    load: async () => (await import('./import.ts')).importRun,
  },
};

const page = (): string =>
  [
    'Usage: npm run gan -- COMMAND [options]',
    '',
    ...Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`),
    '',
    'npm run gan -- COMMAND --help lists the options of a command.',
  ].join('\n');

await runCommand(async () => {
  outliveClosedPipes();
  const [name, ...args] = process.argv.slice(2);
  if (name === '--help' || name === '-h') {
    say(page());
    return;
  }
  const command = COMMANDS[name ?? ''];
  if (!command)
    throw new UsageError(
      `${name === undefined ? 'which command?' : `${name}: no such command;`} expected one of ${Object.keys(COMMANDS).join(', ')} (--help lists them)`,
    );
  const run = await command.load();
  await run(args);
});
