import { type Binding, defineKernel } from '@ganvas/kernels-wgsl';
import { compile, matmul, printPlan, relu, setDefaultDevice, sum, type Tensor, tanh, tensor } from '@ganvas/tensor';
import fc from 'fast-check';
import type { Location, Plan } from '../../packages/tensor/src/compile/plan-memory.ts';
import { type PlannedValue, plannedValues } from '../../packages/tensor/src/compile/plan-values.ts';
import { follow, recipes, World } from '../random-programs.ts';
import { fakeDevice } from './compile/fake-device.ts';
import { record } from './compile/record.ts';

const device = fakeDevice();
beforeAll(() => setDefaultDevice(device));
afterAll(() => setDefaultDevice(null));
const planOf = (fn: Parameters<typeof record>[0]) => compile(record(fn).program, device.traits);

/** Four products in a row: two buffers take turns. */
const chain = () => {
  const [x, w] = [0, 1].map(() => tensor(new Float32Array(64), [8, 8])) as [Tensor, Tensor];
  return planOf(() => [1, 2, 3, 4].reduce((y) => matmul(y, w), matmul(x, w)));
};

it('numbers dispatches, and tells the values of a buffer apart', () => {
  const plan = chain();
  const lines = printPlan(plan).split('\n');
  expect(lines).toHaveLength(plan.dispatches.length + 3);
  expect(lines[0]).toMatch(/^#\s+ops\s+makes\s+kernel\s+workgroups\s+Mflop\s+kB\s+reads > writes$/);
  const products = lines.filter((line) => line.includes(' matmul '));
  expect(products.map((line) => / {2}(\S+) \S+ > (\S+)$/.exec(line)!.slice(1))).toEqual([
    ['%0', '#0'],
    ['#0', '#2'],
    ['#2', '#0.2'],
    ['#0.2', '#2.2'],
    ['#2.2', '#1'], // the output's buffer is its own
  ]);
});

it('says how much memory the values would take without the plan', () => {
  const lines = printPlan(chain()).split('\n').slice(-2);
  expect(lines[0]).toMatch(/^\d+ dispatches, [\d.]+ Mflop, [\d.]+ MB moved$/);
  expect(lines[1]).toBe('5 values in 3 buffers of 0.00 MB (unplanned 0.00 MB: 60.0%)');
});

it('names the range that a dispatch binds, and cuts long names', () => {
  const x = tensor(new Float32Array(64 * 64), [64, 64]);
  const text = printPlan(planOf(() => [1, 2, 3, 4, 5, 6, 7].reduce((y) => tanh(relu(y)), x)));
  const [, line] = text.split('\n');
  expect(line).toMatch(/^0 {2}relu\+tanh\+.{17,20}… {2}\[64,64\] {2}map\//);
  expect(line!.length).toBeLessThanOrEqual(110);
});

/** Every read is of the value that the buffer holds then: written before, and not yet replaced. */
function wrongReads(dispatches: readonly PlannedValue[][]): string[] {
  const alive = new Set<string>();
  return dispatches.flatMap((values) => {
    const own = values.filter(({ location }) => location.kind === 'slot');
    const wrong = own.flatMap(({ read }) => (read === null || alive.has(read) ? [] : read));
    for (const { written, replaced } of own) {
      if (replaced !== null && !alive.delete(replaced)) wrong.push(`${written} replaces ${replaced}`);
      if (written !== null) alive.add(written);
    }
    return wrong;
  });
}

it('knows in random programs which value a dispatch reads', () => {
  let replaced = 0;
  fc.assert(
    fc.property(recipes(30), (recipe) => {
      const world = new World();
      const values = plannedValues(planOf(() => follow(recipe, world)));
      replaced += values.flat().filter((v) => v.replaced !== null).length;
      expect(wrongReads(values)).toEqual([]);
    }),
    { numRuns: 60, seed: 1 },
  );
  expect(replaced).toBeGreaterThan(20); // the random programs do use buffers again
});

describe('of a buffer that a kernel may read and write', () => {
  /** What the second of two dispatches does to a buffer that the first has filled. */
  const flow = (main: string) => {
    const bindings: Binding[] = [{ name: 'y', type: 'f32', access: 'read_write' }];
    const at: Location = { kind: 'slot', slot: 0, offset: 0, bytes: 4 };
    const dispatches = ['y[0] = 1.0f;', main].map((body) => ({
      kernel: defineKernel({
        ...{ name: 'k', about: ['y[i] = f(y[i])'], bindings, workgroupSize: [1, 1, 1], workgroups: [1, 1, 1] },
        ...{ main: body, cost: { flops: 0, bytes: 0 } },
      }),
      ...{ label: 'k', shapes: [[1]], rung: 'k', bindings: [at] },
    }));
    const plan: Plan = { slots: [4], packs: [], dispatches, choices: [], outputs: [], written: [], unplannedBytes: 8 };
    return /0\.0 {2}(.*)$/.exec(printPlan(plan).split('\n')[2]!)![1];
  };

  it.each(['y[0] = 2.0f;', 'y[f[x_0]] = 2.0f;', 'y[0].x = 2.0f;', 'y[0]= x; // y[0] was smaller'])(
    'sees that %s writes',
    (main) => {
      expect(flow(main)).toBe('> #0.2');
    },
  );

  it.each(['y[0] += 2.0f;', 'y[0] = y[0] + 1.0f;', 'if (y[a[0]] == 0.0f) { y[0] = 1.0f; }'])(
    'sees that %s reads',
    (main) => {
      expect(flow(main)).toBe('#0 > #0.2');
    },
  );
});

it('prints a plan of nothing', () => {
  const x = tensor([1, 2]);
  expect(printPlan(planOf(() => x))).toMatch(
    /0 dispatches, 0 Mflop, 0 MB moved\n0 values in 0 buffers of 0\.00 MB \(unplanned 0\.00 MB\)$/,
  );
  expect(printPlan(planOf(() => sum(x)))).toMatch(/^#.*\n0 {2}sum {2}/);
});
