/**
 * A run that is killed twenty times, at random moments, and resumed each time, ends in the same bits as one left alone: weights,
 * figures, judgements and pictures.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@ganvas/kernels-wgsl';
import { ADAPTER, filesIn, startGan } from '../gpu/gan/run-command.ts';

const MINUTES = 60_000;
const KILLS = 20;
const STEPS = 200;
/** Steps after which a process is killed at the latest: all of them together leave some to do, however fast the machine. */
const MOST_STEPS = 8;

const folder = mkdtempSync(join(tmpdir(), 'ganvas-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

// A critic's round, one with R1 and one with neither are three programs; states of every kind take part.
const RUN = [
  ...['mlp', '--hidden', '8', '--latent', '8', '--batch', '8', '--steps', String(STEPS), '--dropout', '0.2'],
  ...['--ema', '0.9', '--loss', 'wgan-gp', '--n-critic', '2', '--r1', '1', '--r1-every', '3', '--schedule', 'linear'],
];
const EVERY = [
  ...['--adapter', ADAPTER, '--judge-samples', '100', '--keep', '2'],
  ...['--checkpoint-every', '4', '--judge-every', '8', '--sample-every', '6'],
];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const rowsOf = (run: string): number =>
  existsSync(join(run, 'metrics.csv')) ? readFileSync(join(run, 'metrics.csv'), 'latin1').split('\n').length : 0;

it(
  'twenty kills change nothing',
  async () => {
    const [alone, killed] = [join(folder, 'alone'), join(folder, 'killed')];
    const undisturbed = await startGan(['train', ...RUN, ...EVERY, '--out', alone]).finished;
    expect(undisturbed).toMatchObject({ code: 0 });

    const seed = Date.now() % 2 ** 32;
    process.stdout.write(`moments of the kills: seed ${seed}\n`);
    const random = new Rng(seed);
    const begin = () =>
      existsSync(join(killed, 'config.json'))
        ? startGan(['train', '--resume', killed, ...EVERY])
        : startGan(['train', ...RUN, ...EVERY, '--out', killed]);
    for (let kills = 0; kills < KILLS; kills++) {
      const { child, finished } = begin();
      let over = false;
      void finished.then(() => {
        over = true;
      });
      // Every fourth while it starts, or soon after.
      const [goal, deadline] =
        kills % 4 === 0
          ? [MOST_STEPS, performance.now() + random.below(4000)]
          : [random.below(MOST_STEPS + 1), Number.POSITIVE_INFINITY];
      // Rows after the checkpoint are cut off first, and come again.
      let least = rowsOf(killed);
      while (!over && performance.now() < deadline && rowsOf(killed) - least < goal) {
        await pause(2);
        least = Math.min(least, rowsOf(killed));
      }
      await pause(random.below(20));
      child.kill('SIGKILL');
      expect(await finished).toMatchObject({ code: null }); // neither done nor failed before it was killed
    }
    const last = await begin().finished;
    expect(last).toMatchObject({ code: 0 });

    const [left, right] = [filesIn(alone), filesIn(killed)];
    const lasting = (files: Map<string, Buffer>) => [...files.keys()].filter((name) => !name.startsWith('events'));
    expect(lasting(right)).toEqual(lasting(left));
    const same = lasting(left).filter((name) => name !== 'report.html' && right.get(name)!.equals(left.get(name)!));
    // The report tells when it was made, and that the run was continued.
    expect(same).toEqual(lasting(left).filter((name) => name !== 'report.html'));
    expect(same).toEqual(
      expect.arrayContaining([
        `checkpoints/step-000${STEPS}.safetensors`,
        ...['best.safetensors', 'metrics.csv', 'metrics.jsonl', 'judged.csv', 'samples.png', 'evolution.gif'],
      ]),
    );
  },
  15 * MINUTES,
);
