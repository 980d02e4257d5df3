/** The interpreter behind the page's section "One invocation": what it computes is what the float64 references say. */
import { defineKernel } from '@ganvas/kernels-wgsl';
import { interpreter } from '../../web/src/invocation/interpret.ts';
import { layoutOf, offersOf, PROBLEMS } from '../../web/src/invocation/problems.ts';
import { iteration, threadsOf, trace } from '../../web/src/invocation/trace.ts';
import { NotInterpreted, type Value } from '../../web/src/invocation/value.ts';

const far = (got: ArrayLike<number>, want: ArrayLike<number>): number =>
  Math.max(...Array.from(want, (w, i) => Math.abs(got[i]! - w) / (1 + Math.abs(w))));

describe.each(PROBLEMS.map((problem) => [problem.family, problem] as const))('%s', (_, problem) => {
  const offers = offersOf(problem);

  it.each(offers.offers.map((offer) => [offer.candidate.name, offer] as const))(
    '%s computes its reference',
    (_, offer) => {
      const { result, reference, steps } = trace(offers, offer, 0, [0, 0, 0]);
      expect(reference).not.toBeNull();
      expect(result.length).toBe(reference!.length);
      expect(far(result, reference!)).toBeLessThan(1e-5);
      expect(steps.length).toBeGreaterThan(2);
    },
  );

  it('refuses only what an interpreter cannot know: subgroups and their matrices, atomics', () => {
    for (const { why } of offers.refused) expect(why).toMatch(/subgroup|atomic|f16/);
  });

  it('draws every buffer in whole rows', () => {
    for (const { candidate } of offers.offers)
      for (const { slots } of candidate.stages)
        for (const slot of slots) {
          if (slot.kind === 'temp') continue;
          const size = { input: offers.problem.inputs, output: offers.problem.outputs }[
            slot.kind as 'input' | 'output'
          ][slot.index]!;
          expect(size % layoutOf(problem, slot).columns).toBe(0);
        }
  });
});

const [matmul] = PROBLEMS;
const offers = offersOf(matmul!);
const rung = (name: string) => offers.offers.find(({ candidate }) => candidate.name === name)!;

it('offers the naive rung and one with workgroup memory', () => {
  const names = offers.offers.map(({ candidate }) => candidate.name);
  expect(names).toEqual(expect.arrayContaining(['0-naive', '1-workgroup-tile', '2-register-tile', '3-vec4']));
  expect(offers.refused.map(({ name }) => name)).toContain('12-subgroup-matrix-16x8x16');
});

it('one thread of the naive product reads a row of a and a column of b, and writes one element', () => {
  const [row, column] = [3, 5];
  const { steps, before } = trace(offers, rung('0-naive'), 0, [row * 8 + column, 0, 0]);
  const accesses = steps.flatMap((step) => step.accesses);
  const reads = (name: string) => accesses.filter((a) => a.kind === 'read' && a.name === name).map((a) => a.index);
  expect(reads('a')).toEqual([24, 25, 26, 27, 28, 29, 30, 31]);
  expect(reads('b')).toEqual([5, 13, 21, 29, 37, 45, 53, 61]);
  const writes = accesses.filter((a) => a.kind === 'write');
  expect(writes.map((a) => [a.name, a.index])).toEqual([['c', row * 8 + column]]);
  for (const { name, index, value } of accesses.slice(0, -1))
    expect(value).toBe(before.find((buffer) => buffer.name === name)!.array[index]);
});

it('shows the sum as it grows, and goes round by round', () => {
  const made = trace(offers, rung('0-naive'), 0, [0, 0, 0]);
  const sums = made.steps
    .filter(({ accesses }) => accesses.length === 2)
    .map(({ locals, frame }) => frame[locals.find(({ name }) => name === 'sum')!.slot] as number);
  expect(sums).toHaveLength(8);
  expect(sums.at(-1)).toBeCloseTo(made.reference![0]!, 5);
  const first = made.steps.findIndex(({ depth, head }) => head && depth === 2);
  const second = iteration(made, first, 1);
  const text = (at: number) => made.code.slice(made.steps[at]!.span.start, made.steps[at]!.span.end);
  expect(text(first)).toBe('c < INNER');
  expect(text(second)).toBe('c < INNER');
  expect(made.steps.slice(first, second).flatMap((s) => s.accesses)).toHaveLength(2);
  expect(iteration(made, second, -1)).toBe(first);
});

it('behind a barrier a thread sees what the others of its workgroup wrote', () => {
  const { steps, phases } = trace(offers, rung('1-workgroup-tile'), 0, [0, 0, 0]);
  expect(phases).toHaveLength(3);
  const shared = steps.flatMap((s) => s.accesses).filter((a) => a.space === 'workgroup');
  expect(shared.filter((a) => a.kind === 'write').map((a) => [a.name, a.index])).toEqual([
    ['slab_a', 0],
    ['slab_b', 0],
  ]);
  const seen = shared.filter((a) => a.kind === 'read' && a.name === 'slab_a');
  expect(seen.slice(0, 8).map((a) => a.value)).toEqual([...offers.problem.values()[0]!.slice(0, 8)]);
});

it('knows how many threads there are', () => {
  expect(threadsOf(rung('0-naive'), 0)).toEqual([64, 1, 1]);
});

describe('the language', () => {
  const run = (main: string, declarations = ''): Value[] => {
    const out = new Float32Array(4);
    const kernel = defineKernel({
      name: 'probe',
      about: [],
      bindings: [{ name: 'out', type: 'f32', access: 'read_write' }],
      workgroupSize: [1, 1, 1],
      workgroups: [1, 1, 1],
      declarations,
      main,
      cost: { flops: 0, bytes: 0 },
    });
    interpreter(kernel).run([out]);
    return [...out];
  };

  it('wraps whole numbers and rounds f32', () => {
    expect(
      run(
        'out[0] = f32(0u - 1u); out[1] = f32(7i / -2i); out[2] = 16777216.0f + 1.0f; out[3] = f32(3000000000u * 3u);',
      ),
    ).toEqual([4294967296, -3, 16777216, 410065408]);
  });

  it('has loops, branches, arrays and parts of vectors', () => {
    expect(
      run(
        `var s = vec3f(1.0, 2.0, 3.0); s.y += 4.0; var a = array<f32, 2>(1.0, 2.0); a[1] *= 5.0;
         for (var i = 0u; i < 5u; i++) { if (i == 1u) { continue; } if (i == 4u) { break; } out[0] += f32(i); }
         loop { if (a[0] > 8.0) { break; } a[0] = twice(a[0]); }
         out[1] = s.zy.y; out[2] = a[1]; out[3] = a[0];`,
        'fn twice(x: f32) -> f32 { return x * 2.0; }',
      ),
    ).toEqual([5, 6, 10, 16]);
  });

  it('names an element outside its buffer', () => {
    expect(() => run('out[4] = 1.0;')).toThrow('out[4] lies outside its 4 elements');
  });

  it('refuses what it does not know before anything runs', () => {
    expect(() => run('out[0] = subgroupAdd(1.0);')).toThrow(NotInterpreted);
    expect(() => run('if (lane == 0u) { out[0] = 1.0; }')).toThrow(NotInterpreted);
  });
});
