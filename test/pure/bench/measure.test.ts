import { LONGEST_RUN, measure, measureTogether } from '../../../bench/measure.ts';
import type { Timing } from '../../../bench/stopwatch.ts';

/** A timer that answers with these timings in turn, the last one for ever, and remembers how many runs each was of. */
function scripted(timings: Timing[]) {
  const asked: number[] = [];
  const timer = async (times: number): Promise<Timing> => {
    asked.push(times);
    return timings[Math.min(asked.length, timings.length) - 1]!;
  };
  return { timer, asked };
}

const wall = (ms: number): Timing => ({ wall: ms, gpu: null });
const PATIENT = { sampleMs: 50, precision: 0.02, limitMs: 60_000 };

it('times as many runs together as fill a sample, and stops once it is sure', async () => {
  const { timer, asked } = scripted([wall(25), wall(10)]);
  const result = await measure(timer, PATIENT);
  expect(asked.slice(0, 3)).toEqual([1, 2, 5]); // warm-up twice, the second time with a better count
  expect(result).toMatchObject({ median: 10, p25: 10, p75: 10, samples: 6, outliers: 0, clock: 'wall', runs: 5 });
});

it('goes on while the median is uncertain', async () => {
  const noise = [10, 12, 8, 11, 9, 12, 8, 10].map(wall);
  const { timer } = scripted([wall(10), wall(10), ...noise, wall(10)]);
  const result = await measure(timer, PATIENT);
  expect(result.samples).toBeGreaterThan(noise.length);
  expect(result.interval).toEqual([10, 10]);
});

it('stops at the time limit, though never without quartiles', async () => {
  const { timer } = scripted([wall(10), wall(10), wall(8), wall(10), wall(12)]);
  const result = await measure(timer, { ...PATIENT, limitMs: 0 });
  expect(result).toMatchObject({ samples: 3, median: 10, interval: null });
});

it("goes by the device's clock where there is one, and keeps the host's beside it", async () => {
  const { timer } = scripted([{ wall: 10, gpu: 9 }]);
  expect(await measure(timer, PATIENT)).toMatchObject({ clock: 'gpu', median: 9, wall: 10 });
});

it('times several in turn, each until it is sure of its own', async () => {
  const order: string[] = [];
  const logged = (name: string, timings: Timing[]) => {
    const { timer } = scripted(timings);
    return (times: number) => {
      order.push(name);
      return timer(times);
    };
  };
  const noise = [60, 70, 50, 66, 54, 70, 50, 60].map(wall);
  const [calm, noisy] = await measureTogether(
    [logged('calm', [wall(50)]), logged('noisy', [wall(60), wall(60), ...noise, wall(60)])],
    PATIENT,
  );
  const alternating = Array.from({ length: 6 }, () => ['calm', 'noisy']).flat();
  expect(order.slice(0, 16)).toEqual(['calm', 'calm', 'noisy', 'noisy', ...alternating]);
  expect(new Set(order.slice(16))).toEqual(new Set(['noisy']));
  expect(calm).toMatchObject({ median: 50, samples: 6 });
  expect(noisy!.samples).toBeGreaterThan(6);
});

it('times what takes too long once', async () => {
  const { timer, asked } = scripted([wall(LONGEST_RUN + 1)]);
  expect(await measure(timer, PATIENT)).toMatchObject({ median: LONGEST_RUN + 1, samples: 1, interval: null });
  expect(asked).toEqual([1]);
});
