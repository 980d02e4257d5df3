/** Same seed, same bits: two runs, and a run that was saved half way and continued by a new trainer. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BASE,
  createTrainer,
  imageSource,
  loadCheckpoint,
  type RunConfig,
  saveCheckpoint,
  type Trainer,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { useDevice } from '../device.ts';

const config: RunConfig = { ...BASE, steps: 6, batch: 8, width: 4, lrG: 1e-3, lrD: 1e-3, seed: 5, ema: 0.9 };
const COUNT = 40;

describe('a training run', () => {
  const device = useDevice();
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-determinism-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const random = new Rng(9);
  const images = Uint8Array.from({ length: COUNT * 28 * 28 }, () => random.below(256));
  const set = { images, count: COUNT, height: 28, width: 28, channels: 1 as const, labels: null, classNames: [] };
  const make = (seed = config.seed) => {
    const source = imageSource(set, {
      size: 28,
      channels: 1,
      batch: config.batch,
      seed: config.seed,
      device: device(),
    });
    return createTrainer(device(), { ...config, seed }, source);
  };
  const run = async (trainer: Trainer, from: number, to: number) => {
    const losses = [];
    for (let step = from; step < to; step++) {
      trainer.step(step);
      losses.push(...(await trainer.reports.arrived()));
    }
    losses.push(...(await trainer.reports.flush()));
    expect(losses).toHaveLength(to - from);
    return losses;
  };
  const save = async (trainer: Trainer, name: string, step: number): Promise<string> => {
    const path = join(folder, name);
    await saveCheckpoint(path, trainer.state, {
      ...{ config, step, adapter: device().adapter.name, kernels: {} },
      data: { example: [28, 28, 1], classes: 0, classNames: [] },
    });
    return path;
  };

  it('ends in the same bits as another with its seed, and in others than one with another seed', async () => {
    const paths = [];
    for (const [name, seed] of [
      ['a', 5],
      ['b', 5],
      ['c', 6],
    ] as const) {
      const trainer = make(seed);
      await run(trainer, 0, config.steps);
      paths.push(await save(trainer, name, config.steps));
    }
    const [a, b, c] = paths.map((p) => readFileSync(p));
    expect(a!.equals(b!)).toBe(true);
    expect(a!.equals(c!)).toBe(false);
  });

  it('stopped half way and continued, ends in the same bits and goes through the same losses', async () => {
    const whole = make();
    const expected = await run(whole, 0, config.steps);
    const halfway = make();
    await run(halfway, 0, 3);
    const saved = loadCheckpoint(await save(halfway, 'half', 3));
    expect(saved.step).toBe(3);
    expect(saved.config).toEqual(config);
    const continued = make();
    saved.restore(continued.state);
    expect(await run(continued, 3, config.steps)).toEqual(expected.slice(3));
    const [a, b] = [await save(whole, 'whole', 6), await save(continued, 'continued', 6)].map((p) => readFileSync(p));
    expect(a!.equals(b!)).toBe(true);
  });

  it('goes through finite losses that change', async () => {
    const losses = await run(make(), 0, 3);
    expect(new Set(losses.map((l) => l.lossD)).size).toBe(3);
    for (const l of losses) for (const value of Object.values(l)) expect(Number.isFinite(value)).toBe(true);
  });
});
