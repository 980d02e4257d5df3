import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import { add, CaptureError, capture, formatProfile, printPlan, state, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from './device.ts';

const device = useDevice();

/** A net that trains: its state goes on with every run. */
function trainer() {
  const rng = new Rng(1);
  const net = nn.sequential({
    ...{ hidden: nn.linear(8, 16, { rng }), act: nn.leakyRelu(0.2), out: nn.linear(16, 1, { rng }) },
  });
  const parameters = Object.values(net.parameters);
  const optimizer = adam(parameters, { lr: 0.01 });
  const step = capture((x: Tensor, target: Tensor) => {
    const loss = nn.bceWithLogits(net.forward(x), target);
    optimizer.step(grad(loss, parameters));
    return loss;
  });
  return { step, parameters };
}
const batch = () => tensor(new Rng(2).normals(32), [4, 8]);

it.each(['gpu', 'wall'] as const)(
  'times every dispatch by the %s clock, and leaves state as so many calls do',
  async (clock) => {
    const [{ step, parameters }, twin] = [trainer(), trainer()];
    const x = batch();
    const profile = await step.profile(x, 0.75, { runs: 2, clock, roofline: { gflops: 100, gbps: 10 } });
    const plan = step.plan!;

    expect(profile).toMatchObject({ clock, runs: 2, device: { class: device().adapter.class } });
    expect(profile.dispatches.map((d) => [d.label, d.kernel, d.rung, d.workgroups, d.flops, d.bytes])).toEqual(
      plan.dispatches.map(({ label, rung, kernel: { name, workgroups, cost } }) => [
        ...[label, name, rung, workgroups, cost.flops, cost.bytes],
      ]),
    );
    for (const { ms, share } of [
      ...profile.dispatches,
      ...profile.families,
      profile,
      { ms: profile.wallMs, share: 1 },
    ].map((t) => ({ share: 1, ...t }))) {
      expect(Number.isFinite(ms) && ms >= 0).toBe(true);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(profile.ms).toBeGreaterThan(0);
    const sum = (members: readonly { ms: number }[]) => members.reduce((so, { ms }) => so + ms, 0);
    expect(sum(profile.dispatches)).toBeCloseTo(profile.ms, 9);
    expect(sum(profile.families)).toBeCloseTo(profile.ms, 9);
    expect(profile.families.reduce((n, f) => n + f.dispatches, 0)).toBe(plan.dispatches.length);
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);

    for (let i = 0; i < 5; i++) twin.step(x, 0.75);
    for (const [i, p] of parameters.entries()) expect(await p.data()).toEqual(await twin.parameters[i]!.data());
    expect(await step(x, 0.75).item()).toBe(await twin.step(x, 0.75).item());
  },
);

it('compares with a roofline that it is given, and only then', async () => {
  const step = capture((x: Tensor) => add(x, 1));
  const { dispatches, roofline } = await step.profile(batch(), { roofline: { gflops: 1e-3, gbps: 1e-3 }, runs: 1 });
  expect(roofline).toEqual({ gflops: 1e-3, gbps: 1e-3 });
  // 256 bytes at 1 MB/s
  expect(dispatches[0]!.roofline! * dispatches[0]!.ms).toBeCloseTo(0.256, 9);
  expect((await step.profile(batch(), { runs: 1 })).dispatches[0]!.roofline).toBeNull();
});

it('takes a step without inputs, and one without dispatches', async () => {
  const x = state([1, 2]);
  const constant = capture(() => add(x, 1));
  expect((await constant.profile()).runs).toBe(5);
  expect((await constant.profile({ runs: 1 })).dispatches).toHaveLength(1);
  const nothing = await capture((y: Tensor) => y).profile(x, { runs: 1 });
  expect(nothing).toMatchObject({ dispatches: [], families: [], ms: 0 });
  expect(formatProfile(nothing)).toMatch(/0 dispatches take 0 ms/);
});

it('numbers dispatches as the printed plan does', async () => {
  const { step } = trainer();
  const text = formatProfile(await step.profile(batch(), 1, { runs: 1 }));
  const plan = printPlan(step.plan!).split('\n');
  for (const [, number, ops] of text.matchAll(/^ *(\d+) {2}(\S+) {2}/gm))
    expect(plan[1 + Number(number)]!.trimStart().split(/ {2,}/)[1]!.slice(0, 20)).toBe(ops!.slice(0, 20));
});

it('refuses a number of runs that is none', async () => {
  const step = capture((x: Tensor) => add(x, 1));
  for (const runs of [0, -1, 1.5, Number.NaN])
    await expect(step.profile(1, { runs })).rejects.toThrow(
      new CaptureError(`profile: runs expects a whole number from 1, got ${runs}`),
    );
});
