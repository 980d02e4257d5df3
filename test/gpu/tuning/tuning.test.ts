/** Measured on the device, stored, and taken by the next device that is opened. */
import { capture, matmul, memoryStore, openDevice, tunableWorks, writeMeasurements, zeros } from '@ganvas/tensor';
import { recordProblem, tunedProblems } from '../../../bench/tune/programs.ts';
import { createRaces } from '../../../bench/tune/race.ts';
import { judge } from '../../../bench/tune/verdict.ts';

const adapter = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';

it('a race times the rungs of a kernel work; what it finds is what the next device takes', async () => {
  const device = await openDevice({ adapter, tuning: 'off' });
  const step = capture((x) => matmul(x, x), { device });
  const [work] = tunableWorks(step.record(zeros([24, 24], { device })), device.traits);
  const rungs = work!.candidates.filter(({ name }) => /naive|register-tile$|vec4/.test(name)).slice(0, 3);
  expect(rungs).toHaveLength(3);
  const { times, left } = await createRaces(device)(work!, rungs, Number.POSITIVE_INFINITY);
  expect({ timed: Object.keys(times).sort(), left }).toEqual({ timed: rungs.map(({ name }) => name).sort(), left: {} });
  for (const ms of Object.values(times)) expect(ms).toBeGreaterThan(0);
  const [first] = rungs;
  const verdict = judge({ key: work!.key, first: first!.name, untuned: first!.name }, { times, left })!;
  expect(times[verdict.rung]).toBe(verdict.ms);
  const store = memoryStore();
  const slowest = rungs.at(-1)!.name; // whichever it is: the store decides
  writeMeasurements(
    store,
    { adapter: device.adapter, robustness: true },
    { [work!.key]: { ...verdict, rung: slowest } },
  );
  device.close();

  const tuned = await openDevice({ adapter, tuning: store });
  const x = zeros([24, 24], { device: tuned });
  expect(await matmul(x, x).data()).toEqual(new Float32Array(24 * 24));
  expect(tuned.choices()).toMatchObject([{ key: work!.key, rung: slowest, source: 'tuned' }]);
  tuned.close();
});

it('a race leaves out what it has no time for, and rungs that compute something else', async () => {
  const device = await openDevice({ adapter, tuning: 'off' });
  const step = capture((x) => matmul(x, x), { device });
  const [work] = tunableWorks(step.record(zeros([8, 8], { device })), device.traits);
  const [right] = work!.candidates.filter(({ name }) => name === '0-naive');
  const race = createRaces(device);
  expect(await race(work!, [right!], 0)).toEqual({ times: {}, left: { '0-naive': 'no time left' } });
  const { kernel, slots } = right!.stages[0]!;
  const code = kernel.code.replaceAll('a[', '0.5 * a[');
  expect(code).not.toBe(kernel.code);
  const wrong = { ...right!, name: 'wrong', temps: [], stages: [{ kernel: { ...kernel, code }, slots }] };
  const { left } = await race(work!, [right!, wrong], Number.POSITIVE_INFINITY);
  expect(left).toEqual({ wrong: expect.stringMatching(/^computes something else than 0-naive: element 0 is/) });
  device.close();
});

it('a damaged store is one more remark about the device', async () => {
  const device = await openDevice({ adapter, tuning: { read: () => '{', write: () => {} } });
  expect(device.note).toMatch(/; tuning is ignored: what is stored is damaged \(npm run tune\)$/);
  device.close();
});

it("the tuner knows every op of the suite's cases, and records them without running", async () => {
  const device = await openDevice({ adapter, tuning: 'off' });
  const narrow = { dcgan: 16, cgan: 32, acgan: 8, 'acgan-script': 8 };
  const problems = tunedProblems('', device).filter(
    ({ problem }) => !('width' in problem) || problem.width === narrow[problem.op],
  );
  const tunable = problems.filter(({ problem }) => {
    const program = recordProblem(device, problem);
    return program && tunableWorks(program, device.traits).some(({ candidates }) => candidates.length > 1);
  });
  const ops = new Set(tunable.map(({ problem }) => problem.op));
  for (const op of [
    'matmul',
    'conv2d',
    'conv2d-input-grad',
    'conv2d-weight-grad',
    'sum',
    'softmax',
    'batch-norm',
    ...Object.keys(narrow),
    'mlp-gan',
  ])
    expect(ops).toContain(op);
  expect(device.statistics.dispatches).toBeLessThan(100); // a DCGAN's initial weights, nothing of its step
  device.close();
});
