/** Memory plans, checked by walking through them with the name of the value that each word of each buffer holds. */
import { sizeOf } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  conv2d,
  mul,
  neg,
  PASSES,
  type Pass,
  type Program,
  pack,
  packStates,
  printPlan,
  printProgram,
  setDefaultDevice,
  state,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import fc from 'fast-check';
import { choose } from '../../../packages/tensor/src/compile/choose.ts';
import { transform } from '../../../packages/tensor/src/compile/compile.ts';
import { placePacks } from '../../../packages/tensor/src/compile/place-packs.ts';
import { type Location, planMemory } from '../../../packages/tensor/src/compile/plan-memory.ts';
import { lower } from '../../../packages/tensor/src/compile/work.ts';
import { follow, recipes, World } from '../../random-programs.ts';
import { fakeDevice } from './fake-device.ts';
import { record } from './record.ts';

/** Bytes at which WebGPU lets a binding begin. */
const ALIGNMENT = 256;

const { traits } = fakeDevice();
beforeAll(() => setDefaultDevice(fakeDevice()));
afterAll(() => setDefaultDevice(null));

const data = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

function planned(program: Program, passes: readonly Pass[] = PASSES) {
  const graph = transform(program, traits, { passes });
  const placed = placePacks(graph, choose(graph, traits), traits);
  return { placed, plan: planMemory(placed) };
}

/**
 * Throws where a dispatch reads anything but the value it wants, in place or not, or binds one buffer both ways, or an output is
 * gone at the end, or something was written between the ranges of a pack.
 */
function walkThrough(program: Program, passes: readonly Pass[] = PASSES): void {
  const { placed, plan } = planned(program, passes);
  const { works, graph, placements } = placed;
  const buffers = plan.slots.map((bytes) => new Array<string | null>(bytes / 4).fill(null));
  const memoryOf = (l: Location) => (l.kind === 'slot' ? `slot ${l.slot}` : `memory ${graph.values[l.value]!.memory}`);
  const fill = (l: Location, name: string) => {
    if (l.kind === 'slot') buffers[l.slot]!.fill(name, l.offset / 4, (l.offset + l.bytes) / 4);
  };
  const holds = (l: Location, name: string | null) => {
    if (l.kind === 'external') return;
    if (l.offset + l.bytes > plan.slots[l.slot]!)
      throw new Error(`${l.bytes} bytes at ${l.offset} leave buffer ${l.slot}`);
    const words = buffers[l.slot]!.slice(l.offset / 4, (l.offset + l.bytes) / 4);
    const other = words.find((w) => w !== name);
    if (other !== undefined) throw new Error(`buffer ${l.slot} at ${l.offset} holds ${other}, not ${name}`);
  };
  /** A pack is there when its parts are; between them nothing was ever written. */
  const holdsValue = (l: Location, id: number) => {
    const parts = [...placements].filter(([part, p]) => p.whole === id && works.some((w) => w.writes.includes(part)));
    if (parts.length === 0 || l.kind === 'external') return holds(l, `%${id}`);
    let gap = l.offset;
    for (const [part, { offset }] of parts.sort(([, p], [, q]) => p.offset - q.offset)) {
      const range = { ...l, offset: l.offset + 4 * offset, bytes: 4 * sizeOf(graph.values[part]!.shape) };
      holds({ ...l, offset: gap, bytes: range.offset - gap }, null);
      holds(range, `%${part}`);
      gap = range.offset + range.bytes;
    }
    holds({ ...l, offset: gap, bytes: l.offset + l.bytes - gap }, null);
  };

  const dispatches = plan.dispatches.values();
  works.forEach((work, at) => {
    for (const { kernel, arguments: args } of work.dispatches) {
      const { bindings } = dispatches.next().value!;
      expect(bindings.length).toBe(kernel.bindings.length);
      const read = new Set<string>();
      const written = new Set<string>();
      bindings.forEach((location, i) => {
        const writes = kernel.bindings[i]!.access === 'read_write';
        (writes ? written : read).add(memoryOf(location));
        const argument = args[i]!;
        if (location.kind === 'slot') expect(location.offset % ALIGNMENT).toBe(0);
        if (argument.kind === 'temp') return;
        const wanted = writes ? work.over.get(argument.value) : argument.value;
        if (wanted !== undefined) holdsValue(location, wanted);
      });
      for (const memory of read) expect(written).not.toContain(memory);
      bindings.forEach((location, i) => {
        const argument = args[i]!;
        if (kernel.bindings[i]!.access === 'read_write')
          fill(location, argument.kind === 'value' ? `%${argument.value}` : `scratch of work ${at}`);
        else if (argument.kind === 'temp') holds(location, `scratch of work ${at}`);
      });
    }
  });
  expect(dispatches.next().done).toBe(true);
  graph.outputs.forEach((id, i) => {
    holdsValue(plan.outputs[i]!, id);
  });
}

describe('memory plans of random programs', () => {
  const ways: [way: string, passes: readonly Pass[]][] = [
    ['all passes', PASSES],
    ['no pass', []],
    ...PASSES.map((off): [string, Pass[]] => [`all but ${off}`, PASSES.filter((pass) => pass !== off)]),
  ];
  it.each(ways)('keep every value until its last reader: %s', (_, passes) => {
    fc.assert(
      fc.property(recipes(20), (recipe) => {
        const world = new World();
        const { program } = record(() => follow(recipe, world));
        try {
          walkThrough(program, passes);
        } catch (error) {
          throw new Error(
            `${(error as Error).message}\n${printProgram(program)}\n${printPlan(planned(program, passes).plan)}`,
          );
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('share memory', () => {
    const x = data(64, 64);
    const { plan } = planned(
      record(() => {
        let y = x;
        for (let i = 0; i < 10; i++) y = tanh(y);
        return y;
      }).program,
      [],
    );
    expect(plan.slots.length).toBe(3); // one that is read, one that is written, and the output's own
    expect(plan.unplannedBytes).toBe(10 * 4 * 64 * 64);
  });
});

describe('packs', () => {
  const labels = (fn: () => Tensor) => planned(record(fn).program).plan.dispatches.map((d) => d.label);

  it('kernels write their results straight into the ranges', () => {
    const [x, w] = [data(2, 6, 6, 2), data(3, 3, 2, 4)];
    const { program } = record(() => pack([sum(x, 0), conv2d(x, w), neg(x)]));
    const { plan } = planned(program);
    expect(plan.dispatches.map((d) => d.label)).not.toContain('pack');
    const { offsets, size } = packedSizes(program);
    const whole = plan.outputs[0]!;
    const written = plan.dispatches.map((d) => d.bindings.at(-1)!).filter((l) => slotOf(l) === slotOf(whole));
    expect(written.map((l) => l.kind === 'slot' && l.offset)).toEqual(offsets.map((o) => 4 * o));
    expect(whole.bytes).toBe(4 * size);
    walkThrough(program);
  });

  it('copy what exists already, and what a second pack wants', () => {
    const x = data(4);
    expect(labels(() => pack([x, neg(x)]))).toEqual(['neg', 'pack']);
    expect(
      labels(() => {
        const y = neg(x);
        return add(pack([y, x]), pack([x, y]));
      }),
    ).toEqual(['neg', 'pack', 'pack', 'pack', 'add']);
  });

  it('of the same parts are one', () => {
    const x = data(4);
    const twice = record(() => {
      const y = neg(x);
      return add(pack([y, x]), pack([y, x]));
    });
    expect(planned(twice.program).plan.dispatches.map((d) => d.label)).toEqual(['neg', 'pack', 'add']);
    walkThrough(twice.program);
  });

  it('copy what is packed twice: one buffer is not read and written at once', () => {
    const x = data(4);
    const twice = record(() => {
      const y = neg(x);
      return pack([y, y]);
    });
    walkThrough(twice.program);
  });

  it('copy what is made from a part of the same pack', () => {
    const x = data(8, 8);
    const chained = record(() => {
      const y = sum(x, 0);
      return pack([y, sum(mul(x, y), 1)]);
    });
    walkThrough(chained.program);
  });
});

function packedSizes(program: Program): { offsets: number[]; size: number } {
  const work = lower(program).works.find((w) => w.kind === 'pack')!;
  return { offsets: work.kind === 'pack' ? work.offsets : [], size: program.values[program.outputs[0]!]!.shape[0]! };
}

const slotOf = (l: Location): number | null => (l.kind === 'slot' ? l.slot : null);

describe('states in one buffer', () => {
  it.each([
    ['all passes', PASSES],
    ['no pass', []],
  ])('are assigned from one another through a third: %s', (_, passes) => {
    const [a, b] = [state([1, 2]), state([3, 4])];
    packStates([a, b]);
    const swap = record(() => {
      const old = mul(a, 2);
      assign(a, b);
      assign(b, add(b, old));
    });
    walkThrough(swap.program, passes);
    const { dispatches, slots } = planned(swap.program, passes).plan;
    expect(dispatches.filter((d) => d.label.includes('assign')).length).toBeGreaterThanOrEqual(3);
    expect(slots.length).toBeGreaterThan(0);
  });
});
