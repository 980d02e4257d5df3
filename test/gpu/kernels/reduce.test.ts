import {
  applyScalar,
  constant,
  type Epilogue,
  epilogueReference,
  NO_EPILOGUE,
  operand,
  plainEpilogue,
  type ReduceSpec,
  Rng,
  reduceCandidates,
  reduceReference,
  sizeOf,
} from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { anyOperand, valuesOf, whole } from '../operands.ts';
import { cases, expectClose, openRig, type Rig, shapes, type TypedArray } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

/** Every candidate, whatever adapter it is meant for, against the reference. Returns the rungs that ran. */
async function check(spec: ReduceSpec, inputs: TypedArray[], epilogue = NO_EPILOGUE, extra: TypedArray[] = []) {
  const reduced = reduceReference(spec, inputs);
  const expected = epilogueReference(epilogue, reduced, reduced[0]!.length, extra);
  const ran = new Map<string, string>();
  for (const adapter of ['swiftshader', 'gpu'] as const) {
    for (const candidate of reduceCandidates(spec, epilogue, adapter)) {
      const code = candidate.stages.map((s) => s.kernel.code).join('\n');
      if (ran.has(code) || !rig.admits(candidate)) continue;
      ran.set(code, candidate.name);
      const lengths = expected.map(({ length }) => ({ length }));
      const actual = await rig.run(candidate, inputs, lengths, extra);
      const name = candidate.stages.map((s) => s.kernel.name).join(' → ');
      expected.forEach((values, i) => {
        expectClose(actual[i]!, values, { rel: 2e-6, abs: 1e-4 }, name);
      });
    }
  }
  return [...new Set(ran.values())].sort();
}

const ofWhole = (op: ReduceSpec['op'], shape: number[], axes: number[]): ReduceSpec => ({
  op,
  shape,
  axes,
  operands: [whole(shape)],
  exprs: [operand(0)],
});

const shapeAxesSeed = shapes({ min: 0, max: 4 }, 11).chain((shape) =>
  fc.record({ shape: fc.constant(shape), axes: fc.subarray(shape.map((_, axis) => axis)), seed: fc.nat() }),
);

describe('reduce', () => {
  it('sums over any axes of any shape', async () => {
    await cases(shapeAxesSeed, 10, async ({ shape, axes }) => {
      await check(ofWhole('sum', shape, axes), [new Rng(1).normals(sizeOf(shape))]);
    });
  });

  it('takes its values from an expression over any views', async () => {
    const distance = applyScalar('square', applyScalar('sub', operand(0), operand(1)));
    await cases(shapeAxesSeed, 12, async ({ shape, axes, seed }) => {
      const rng = new Rng(seed);
      const operands = [anyOperand(shape, rng), anyOperand(shape, rng)];
      const inputs = operands.map((o) => valuesOf(o, rng));
      await check({ op: 'sum', shape, axes, operands, exprs: [distance] }, inputs);
    });
  });

  it.each<[string, ReduceSpec['op'][], number[], number[]]>([
    ['columns', ['sum', 'max', 'min'], [700, 12], [0]],
    ['columns, not in fours', ['sum'], [333, 7], [0]],
    ['rows', ['sum', 'max', 'min'], [3, 1000], [1]],
    ['rows, not in fours', ['sum'], [5, 777], [1]],
    ['many short rows', ['sum'], [1100, 40], [1]],
    ['everything', ['sum'], [5000], [0]],
    ['rows of a product', ['prod'], [5, 300], [1]],
    ['columns of a product', ['prod'], [300, 4], [0]],
    ['channels of images', ['sum'], [6, 9, 9, 8], [0, 1, 2]],
    ['outer and inner axes', ['sum', 'max'], [4, 5, 6, 40], [0, 2]],
    ['nothing', ['sum'], [5, 8], []],
    ['an axis of one', ['min'], [1, 8], [0]],
  ])('over %s: %j', async (_, ops, shape, axes) => {
    const x = new Rng(2).normals(sizeOf(shape), 1);
    // A product of numbers near 1 stays among them.
    const near1 = x.map((v) => 1 + v / 50);
    for (const op of ops) await check(ofWhole(op, shape, axes), [op === 'prod' ? near1 : x]);
  });

  it('computes what stays along a range once: in the gradient of batch norm, what depends on the channel alone', async () => {
    const rng = new Rng(5);
    const shape = [6, 125, 12];
    const channel = { type: 'f32', size: 12, strides: [0, 0, 1], offset: 0 } as const;
    const operands = [whole(shape), whole(shape), channel, channel];
    const scale = applyScalar('rsqrt', applyScalar('exp', operand(2)));
    const normalized = applyScalar('mul', applyScalar('sub', operand(1), operand(3)), scale);
    const spec: ReduceSpec = {
      op: 'sum',
      shape,
      axes: [0, 1],
      operands,
      exprs: [operand(0), applyScalar('mul', operand(0), normalized)],
    };
    for (const { stages } of reduceCandidates(spec, plainEpilogue(2), 'gpu')) {
      const [declarations, main] = stages[0]!.kernel.code.split('@compute');
      expect(declarations).not.toContain('exp(');
      expect(main).toContain('exp(');
    }
    await check(
      spec,
      operands.map((o) => valuesOf(o, rng)),
      plainEpilogue(2),
    );
  });

  it('by every rung that a GPU or a CPU is offered', async () => {
    expect(await check(ofWhole('sum', [3, 1000], [1]), [new Rng(5).normals(3000)])).toEqual([
      '0-serial',
      '1-vec4',
      '2-four-chains',
      '3-chunked',
      '4-workgroup-tree',
      '5-subgroup-tree',
    ]);
  });

  it('max and min of values that are all far from 0', async () => {
    const x = new Rng(3).normals(600, 5e8, 1e8);
    await check(ofWhole('min', [4, 150], [1]), [x]);
    await check(ofWhole('max', [150, 4], [0]), [x.map((v) => -v)]);
  });

  it('ends in an epilogue', async () => {
    const epilogue = (outputs: number): Epilogue => ({
      exprs: [
        applyScalar('add', applyScalar('mul', operand(0), operand(1)), applyScalar('mul', operand(2), constant(0.5))),
      ],
      operands: [
        { type: 'f32', row: false, column: true, size: outputs },
        { type: 'f32', row: false, column: false, size: 1 },
      ],
    });
    for (const [shape, axes, outputs] of [
      [[600, 8], [0], 8],
      [[7, 600], [1], 7],
    ] as const) {
      const rng = new Rng(4);
      const extra = [rng.normals(outputs), rng.normals(1)];
      await check(ofWhole('sum', [...shape], [...axes]), [rng.normals(sizeOf(shape))], epilogue(outputs), extra);
    }
  });

  it.each([
    [[600, 8], [0]], // vec4s of neighbouring outputs
    [[7, 600], [1]], // vec4s along a range
    [[5, 33, 7], [1]], // values
    [
      [64, 5, 4],
      [0, 2],
    ],
  ] as const)('sums several expressions side by side, [%s] over [%s]', async (shape, axes) => {
    const rng = new Rng(5);
    const operands = [whole([...shape]), whole([...shape])];
    const product = applyScalar('mul', operand(0), operand(1));
    const all = [operand(0), product, applyScalar('square', operand(1)), applyScalar('neg', product)];
    for (const count of [2, 3, 4]) {
      const spec: ReduceSpec = { op: 'sum', shape, axes, operands, exprs: all.slice(0, count) };
      const outputs = sizeOf(shape.filter((_, axis) => !(axes as readonly number[]).includes(axis)));
      const inputs = operands.map((o) => rng.normals(o.size));
      const rungs = await check(spec, inputs, plainEpilogue(count));
      expect(rungs.length).toBeGreaterThan(1);
      // Each result alone, all of them together, and an operand that comes after them.
      const epilogue: Epilogue = {
        exprs: [operand(0), applyScalar('sub', operand(1), operand(0)), applyScalar('mul', operand(1), operand(count))],
        operands: [{ type: 'f32', row: false, column: true, size: outputs }],
      };
      await check(spec, inputs, epilogue, [rng.normals(outputs)]);
    }
  });

  it('keeps its digits over four million values', async () => {
    const size = 4_000_000;
    const x = new Float32Array(size).map((_, i) => 0.5 + ((i * 7919) % 104729) / 104729);
    const exact = x.reduce((a, b) => a + b, 0);
    const square = {
      ...ofWhole('sum', [size], [0]),
      shape: [2000, 2000],
      axes: [0, 1],
      operands: [whole([2000, 2000])],
    };
    for (const adapter of ['swiftshader', 'gpu'] as const) {
      for (const candidate of reduceCandidates(square, NO_EPILOGUE, adapter)) {
        const [sum] = await rig.run(candidate, [x], [{ length: 1 }]);
        expectClose(sum!, [exact], { rel: 1e-6 }, `${candidate.name} for ${adapter}`);
      }
    }
  });

  it('gives the same bits every time', async () => {
    const spec = ofWhole('sum', [3000, 4], [0]);
    const x = new Rng(6).normals(12000);
    for (const candidate of reduceCandidates(spec, NO_EPILOGUE, 'gpu')) {
      const [a] = await rig.run(candidate, [x], [{ length: 4 }]);
      const [b] = await rig.run(candidate, [x], [{ length: 4 }]);
      expect(a).toEqual(b);
    }
  });

  it('says what is wrong with its axes and values', () => {
    const candidates = (spec: ReduceSpec) => () => reduceCandidates(spec, NO_EPILOGUE, 'gpu');
    expect(candidates(ofWhole('sum', [2, 3], [2]))).toThrow(
      'sum: expected axes of [2, 3], each once, from 0 to 1, got [2]',
    );
    expect(candidates(ofWhole('max', [2, 3], [1, 1]))).toThrow('got [1, 1]');
    const both = [operand(0), operand(0)];
    expect(candidates({ ...ofWhole('max', [4], [0]), exprs: both })).toThrow('max: expected 1 to 1 expressions, got 2');
    const counts: ReduceSpec = { ...ofWhole('sum', [4], [0]), operands: [whole([4], 'u32')] };
    expect(candidates(counts)).toThrow('sum: expected f32 values, the expression gives u32; cast it with toF32');
  });
});
