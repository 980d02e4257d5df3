import { type Ceilings, chromeTrace, formatProfile, type PlannedDispatch, type Profile } from '@ganvas/tensor';
import { attribute } from '../../packages/tensor/src/runtime/attribute.ts';

const dispatch = (label: string, name: string, flops: number, bytes: number): PlannedDispatch => ({
  ...{ label, shapes: [], rung: name.split('/')[1]!, bindings: [] },
  kernel: { name, code: '', bindings: [], workgroups: [25, 1, 4], cost: { flops, bytes }, requires: {} },
});

const ROOFLINE: Ceilings = { gflops: 100, gbps: 10 };
const DISPATCHES = [
  dispatch('conv2d+add+leakyRelu', 'conv2d/3-vec4', 1e9, 1e6), // 10 ms at least
  dispatch('add', 'map/add-vec4', 1e6, 1e7), // 1 ms
  dispatch('conv2d', 'conv2d/0-naive', 5e8, 1e6), // 5 ms
];
const TIMES = [20, 4, 56];

const profile = (roofline?: Ceilings, times: readonly number[] = TIMES): Profile => ({
  device: { name: 'An Adapter', class: 'gpu', driver: 'D', backend: 'vulkan' },
  ...{ clock: 'gpu', runs: 5, roofline: roofline ?? null, wallMs: 81.5 },
  ...attribute({ dispatches: DISPATCHES }, times, roofline),
});

describe('times', () => {
  const { dispatches, families, ms } = profile(ROOFLINE);

  it('are given with what was computed and moved, and as shares of the whole and of the roofline', () => {
    expect(ms).toBe(80);
    expect(dispatches[0]).toEqual({
      ...{ label: 'conv2d+add+leakyRelu', kernel: 'conv2d/3-vec4', rung: '3-vec4', workgroups: [25, 1, 4] },
      ...{ flops: 1e9, bytes: 1e6, ms: 20, share: 0.25, roofline: 0.5 },
    });
    expect(dispatches.map((d) => d.share)).toEqual([0.25, 0.05, 0.7]);
    expect(dispatches.map((d) => d.roofline)).toEqual([0.5, 0.25, 5 / 56]);
  });

  it('are summed up by family, the slowest first', () => {
    expect(families).toEqual([
      { family: 'conv2d', dispatches: 2, flops: 1.5e9, bytes: 2e6, ms: 76, share: 0.95, roofline: 15 / 76 },
      { family: 'map', dispatches: 1, flops: 1e6, bytes: 1e7, ms: 4, share: 0.05, roofline: 0.25 },
    ]);
  });

  it('of 0 have no share of the roofline', () => {
    const none = profile(ROOFLINE, [0, 0, 0]);
    expect(none.dispatches.map(({ share, roofline }) => [share, roofline])).toEqual(Array(3).fill([0, null]));
    expect(formatProfile(none)).toMatch(/conv2d\/0-naive +0\.000 +0\.0% +– +– +–\n/);
  });
});

it('is a table, the slowest dispatch first, under its number in the plan', () => {
  expect(formatProfile(profile(ROOFLINE))).toBe(`An Adapter (gpu, vulkan)
median of 5 runs by the device's clock

#  ops                   kernel            ms  share  GFLOP/s  GB/s   roof
2  conv2d                conv2d/0-naive  56.0  70.0%     8.93  0.02   8.9%
0  conv2d+add+leakyRelu  conv2d/3-vec4   20.0  25.0%     50.0  0.05  50.0%
1  add                   map/add-vec4    4.00   5.0%     0.25  2.50  25.0%

family  dispatches    ms  share  GFLOP/s  GB/s   roof
conv2d           2  76.0  95.0%     19.7  0.03  19.7%
map              1  4.00   5.0%     0.25  2.50  25.0%

3 dispatches take 80.0 ms one by one; a replay takes 81.5 ms of wall time`);
});

it('has no column for a roofline that nobody measured', () => {
  expect(formatProfile(profile())).toMatch(/GB\/s\n/);
  expect(formatProfile(profile())).not.toContain('roof');
});

it('fits 100 columns, whatever the names and figures', () => {
  const long = 'conv2dInputGrad+mul+broadcastTo+mul+add+leakyRelu+greater+mul+where';
  const kernel = 'grouped-conv2d-weight-grad/12-subgroup-matrix-16x16x16-wave64';
  const times = Array.from({ length: 120 }, (_, i) => [0.00123, 12345.6, 0.0123][i % 3]!);
  const dispatches = times.map((ms) => dispatch(long, kernel, 65432.1e6 * ms, 4321.09e6 * ms));
  const wide: Profile = { ...profile(), roofline: ROOFLINE, ...attribute({ dispatches }, times, ROOFLINE) };
  const lines = formatProfile({ ...wide, device: { ...wide.device, name: 'A name '.repeat(20) } }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(lines.filter((line) => line.includes('conv2dInputGrad+mul+b…'))).toHaveLength(120);
});

describe('the trace', () => {
  const { traceEvents, displayTimeUnit, otherData } = chromeTrace(profile(ROOFLINE));

  it('has the dispatches in the order in which they run, one right after the other, in microseconds', () => {
    const events = traceEvents.flatMap((e) => (e.ph === 'X' ? e : []));
    expect(events.map(({ name, cat, ts, dur }) => [name, cat, ts, dur])).toEqual([
      ['conv2d+add+leakyRelu', 'conv2d', 0, 20000],
      ['add', 'map', 20000, 4000],
      ['conv2d', 'conv2d', 24000, 56000],
    ]);
    expect(events[2]!.args).toEqual({
      ...{ dispatch: 2, kernel: 'conv2d/0-naive', rung: '0-naive', workgroups: [25, 1, 4] },
      ...{ flops: 5e8, bytes: 1e6, share: 0.7, roofline: 5 / 56 },
    });
  });

  it('names its one track, and survives JSON', () => {
    const tracks = traceEvents.flatMap((e) => (e.ph === 'M' ? [[e.name, e.args.name]] : []));
    expect(tracks).toEqual([
      ['process_name', 'An Adapter'],
      ['thread_name', 'dispatches'],
    ]);
    expect(new Set(traceEvents.map(({ pid, tid }) => `${pid} ${tid}`)).size).toBe(1);
    const whole = chromeTrace(profile());
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
    expect({ displayTimeUnit, ...otherData }).toMatchObject({ displayTimeUnit: 'ms', ms: 80, wallMs: 81.5, runs: 5 });
  });
});
