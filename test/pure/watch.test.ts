/** What is said of a run that goes wrong: when, how often, and with which advice. */
import { BASE, type RunConfig, type StepReport } from '@ganvas/gan';
import { isSound, openWatch, remedies, spread, spreadWithin } from '../../packages/gan/src/training/watch.ts';

const config = (said: Partial<RunConfig> = {}): RunConfig => ({ ...BASE, ...said });
const report = (values: Partial<StepReport> = {}): StepReport => ({
  ...{ lossD: 1, lossG: 1, dReal: 0.6, dFake: 0.4 },
  ...(values as StepReport),
});

/** Steps from 1 at which something is said. */
function saidAt(watch: ReturnType<typeof openWatch>, reports: readonly StepReport[]): number[] {
  return reports.flatMap((values, i) => (watch.step(i + 1, values) === null ? [] : [i + 1]));
}
const times = (n: number, values: Partial<StepReport>) => Array.from({ length: n }, () => report(values));

describe('a discriminator that wins outright', () => {
  const sure = { dReal: 0.999, dFake: 0.001 };

  it('is told when it was sure for 200 steps, a thousand steps later again, and three times in all', () => {
    expect(saidAt(openWatch(config()), times(6000, sure))).toEqual([200, 1200, 2200]);
  });

  it('is not where it errs, or only begins to be sure', () => {
    expect(saidAt(openWatch(config()), times(1000, { dReal: 0.95, dFake: 0.05 }))).toEqual([]);
    expect(saidAt(openWatch(config()), times(199, sure))).toEqual([]);
    expect(saidAt(openWatch(config()), [...times(150, sure), ...times(20, {}), ...times(150, sure)])).toEqual([]);
  });

  it('is not known of a critic, whose answers are no probabilities', () => {
    expect(saidAt(openWatch(config({ loss: 'wgan-gp' })), times(1000, { dReal: 50, dFake: -50 }))).toEqual([]);
  });

  it('is a matter of what the run does not do yet', () => {
    const watch = openWatch(config({ labelSmoothing: 0.1, spectralNorm: true }));
    times(199, sure).forEach((values, i) => void watch.step(i + 1, values));
    expect(watch.step(200, report(sure))).toBe(
      'step 200: D wins outright, G learns nothing from it; try a lower --lr-d (now 0.0002), or --r1 10, or --dropout 0.3, or --augment translation,cutout',
    );
  });
});

describe('samples that are all alike', () => {
  const alike = Float32Array.from({ length: 40 }, (_, i) => (i % 4) / 4 + (i < 4 ? 0.001 : 0));
  const apart = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i * i));

  it('are told, but not of a run that has only begun', () => {
    const watch = openWatch(config());
    expect(watch.samples(100, alike, 10)).toBeNull();
    expect(watch.samples(500, apart, 10)).toBeNull();
    expect(watch.samples(600, alike, 10)).toBe(
      'step 600: the samples are all alike (mode collapse); try --minibatch stddev, or --pack 2, or --loss wgan-gp, or --spectral-norm',
    );
    expect(watch.samples(700, alike, 10)).toBeNull();
    expect(watch.samples(1600, alike, 10)).toMatch(/^step 1600/);
  });

  it('may be so within each class only, which a net that is told classes hides', () => {
    // Two classes of five, 4 values each: the classes far apart, their members nearly equal.
    const labels = Uint32Array.from({ length: 10 }, (_, n) => n % 2);
    const collapsed = Float32Array.from({ length: 40 }, (_, i) => (Math.floor(i / 4) % 2) * 2 - 1 + 0.01 * Math.sin(i));
    expect(spreadWithin(collapsed, labels)).toBeLessThan(0.01);
    expect(openWatch(config()).samples(500, collapsed, 10)).toBeNull();
    expect(openWatch(config({ model: 'cgan' })).samples(500, collapsed, 10, labels)).toBe(
      'step 500: the samples of a class are all alike (mode collapse); try --minibatch stddev, or --loss wgan-gp, or --spectral-norm, or a lower --lr-d (now 0.0002)',
    );
    expect(openWatch(config({ model: 'cgan' })).samples(500, apart, 10, labels)).toBeNull();
  });

  it('are not the same as samples that are no numbers', () => {
    const broken = apart.slice();
    broken[7] = Number.NaN;
    expect(openWatch(config()).samples(500, broken, 10)).toMatch(/^step 500: the samples are not finite; try lower/);
  });

  it('spread: mean over the pixels of the deviation over the samples', () => {
    expect(spread(Float32Array.of(0, 1, 2, 1), 2)).toBeCloseTo(0.5, 6);
    expect(spread(alike, 10)).toBeLessThan(0.001);
  });
});

it('what is not finite counts as a loss or a gradient, not as a penalty that the step left out', () => {
  expect(isSound(report({ r1: Number.NaN }))).toBe(true);
  expect(isSound(report({ gradD: 3, gradG: 2 }))).toBe(true);
  for (const name of ['lossD', 'lossG', 'gradD', 'gradG']) {
    expect(isSound(report({ [name]: Number.NaN }))).toBe(false);
    expect(isSound(report({ [name]: Number.POSITIVE_INFINITY }))).toBe(false);
  }
});

it('a skipped step is told with what else would help', () => {
  const watch = openWatch(config({ onNonFinite: 'skip', clipNorm: 1 }));
  expect(watch.step(3, report({ skipped: 1, lossG: Number.NaN }))).toBe(
    'step 3: a loss or gradient was not finite and the update was skipped; try lower learning rates (now 0.0002 and 0.0002)',
  );
  expect(watch.step(4, report({ skipped: 1 }))).toBeNull();
  expect(remedies(config(), 'finite')).toMatch(/--clip-norm 1, or --on-non-finite skip$/);
});
