/** What the page's drawing says of a kernel: the kernel itself notes its accesses, and still computes the same. */
import type { Candidate, KernelProblem } from '@ganvas/kernels-wgsl';
import { check } from '../../web/src/kernels/check.ts';
import { FAMILIES } from '../../web/src/kernels/families.ts';
import { ladderOf } from '../../web/src/kernels/ladder.ts';
import { type Bench, openBench, WgslError } from '../../web/src/kernels/run.ts';
import { createTracer } from '../../web/src/kernels/trace.ts';
import { MARK } from '../../web/src/kernels/trace-text.ts';
import { useDevice } from './device.ts';

const device = useDevice();

/** Shapes that a software adapter does at once, and rungs that differ in how they reach their data. */
const CASES: [family: string, shape: string, rungs: RegExp][] = [
  ['matmul', 'm=40,n=48,k=36', /^(0|1|2|3|10)-/],
  ['conv2d', 'x=1x6x6x4,w=4x4x4x8', /^(0|1|6)-/],
  ['conv2d-input-grad', 'x=1x6x6x4,w=4x4x4x8', /^(0|3|7)-/],
  ['conv2d-weight-grad', 'x=2x6x6x4,w=4x4x4x8', /^(1|3)-/],
  ['reduce-sum', 'x=16x200,axes=1', /./],
  ['moments', 'rows=96,channels=8', /./],
  ['adam', 'size=256', /./],
];

async function eachRung(
  [name, shape, rungs]: (typeof CASES)[number],
  look: (problem: KernelProblem, bench: Bench, candidate: Candidate) => Promise<void>,
): Promise<number> {
  const problem = FAMILIES.find(({ kernels }) => kernels.name === name)!.kernels.problem(shape);
  const bench = openBench(device(), problem.values(), problem.outputs);
  const ladder = ladderOf(problem, device().traits).filter((r) => !r.refused && rungs.test(r.candidate.name));
  for (const { candidate } of ladder) await look(problem, bench, candidate);
  bench.close();
  return ladder.length;
}

it.each(CASES)('%s %s: every result has an owner, whose trace shows it', async (...of) => {
  const looked = await eachRung(of, async (problem, bench, candidate) => {
    if (candidate.stages.length > 1) return; // a later dispatch reads what the first one left
    bench.reset();
    const tracer = await createTracer(device(), bench, candidate, 0, candidate.stages[0]!.kernel.code);
    const owners = await tracer.owners();
    const { slots, kernel } = candidate.stages[0]!;
    const { kind, index } = problem.result;
    const written = kernel.bindings[slots.findIndex((s) => s.kind === kind && s.index === index)]!.name;
    const of = owners.get(written)!;
    expect(of.every((owner) => owner >= 0)).toBe(true);
    const buffer = bench[kind as 'input' | 'output'][index]!;
    const got = await device().read(buffer, 0, 'f32', buffer.size / 4);
    expect(check(got, Float64Array.from(problem.reference(problem.values())!)).text).toMatch(/^Right/);
    const element = Math.floor(of.length / 2);
    const [group, thread] = [Math.floor(of[element]! / tracer.invocations), of[element]! % tracer.invocations];
    const marks = (await tracer.trace(group, thread)).find(({ name }) => name === written)!.marks;
    expect(marks[element]! & MARK.threadWrites).toBe(MARK.threadWrites);
    tracer.close();
  });
  expect(looked).toBeGreaterThan(0);
});

it('a thread of the naive product reads its row of A and its column of B', async () => {
  const [M, N, K] = [40, 48, 36];
  await eachRung(['matmul', `m=${M},n=${N},k=${K}`, /^0-/], async (_, bench, candidate) => {
    const tracer = await createTracer(device(), bench, candidate, 0, candidate.stages[0]!.kernel.code);
    const [m, n] = [21, 17];
    const item = m * N + n;
    const [a, b, c] = await tracer.trace(Math.floor(item / 64), item % 64);
    const read = ({ marks }: { marks: Uint32Array }) =>
      [...marks.keys()].filter((i) => (marks[i]! & MARK.threadReads) !== 0);
    expect(read(a!)).toEqual(Array.from({ length: K }, (_, k) => m * K + k));
    expect(read(b!)).toEqual(Array.from({ length: K }, (_, k) => k * N + n));
    expect([...c!.marks.keys()].filter((i) => (c!.marks[i]! & MARK.threadWrites) !== 0)).toEqual([item]);
    expect([a!.thread, c!.thread]).toEqual([
      { loads: K, stores: 0 },
      { loads: 0, stores: 1 },
    ]);
    expect(a!.group.loads).toBe(64 * K);
    tracer.close();
  });
});

it('counts what a thread reads from workgroup memory', async () => {
  await eachRung(['matmul', 'm=32,n=32,k=32', /^1-/], async (_, bench, candidate) => {
    const tracer = await createTracer(device(), bench, candidate, 0, candidate.stages[0]!.kernel.code);
    const accesses = await tracer.trace(0, 5);
    const thread = (name: string) => accesses.find((access) => access.name === name)!.thread;
    expect(thread('slab_a')).toEqual({ loads: 32, stores: 2 });
    expect(thread('a')).toEqual({ loads: 2, stores: 0 });
    tracer.close();
  });
});

it('a text that does not compile says where, and leaves the device as it was', async () => {
  await eachRung(['matmul', 'm=8,n=8,k=8', /^0-/], async (_, bench, candidate) => {
    const code = candidate.stages[0]!.kernel.code.replace('var sum = 0.0f;', 'var sum = nothing;');
    await expect(createTracer(device(), bench, candidate, 0, code)).rejects.toThrow(WgslError);
    device().check();
  });
});

it('check tells right from wrong from unwritten', () => {
  const want = Float64Array.of(1, -4, 2);
  expect(check([1, -4.00001, 2], want)).toMatchObject({ right: true });
  expect(check([1, -4, 2.001], want)).toMatchObject({
    right: false,
    text: expect.stringContaining('element 2: got 2.00100'),
  });
  expect(check([1, Number.NaN, 2], want)).toMatchObject({
    right: false,
    text: expect.stringContaining('element 1: got NaN'),
  });
});
