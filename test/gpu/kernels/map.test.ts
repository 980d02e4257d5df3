import {
  applyScalar,
  constant,
  type MapSpec,
  map,
  mapReference,
  operand,
  Rng,
  SCALAR_OPS,
  type ScalarOpName,
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

async function check(spec: MapSpec, inputs: TypedArray[], tolerance = { rel: 1e-6, abs: 1e-6 }) {
  const outputs = spec.outputs.map(({ type, inPlaceOf }) =>
    inPlaceOf === undefined ? { length: sizeOf(spec.shape), type } : { from: inputs[inPlaceOf]! },
  );
  const overwritten = new Set(spec.outputs.map((o) => o.inPlaceOf));
  const kernel = map(spec);
  const read = inputs.filter((_, i) => !overwritten.has(i));
  const actual = await rig.run(kernel, read, outputs);
  mapReference(spec, inputs).forEach((expected, i) => {
    expectClose(actual[i]!, expected, tolerance, `output ${i} of ${kernel.code}`);
  });
}

const shapeAndSeed = fc.record({ shape: shapes({ min: 0, max: 5 }, 9), seed: fc.nat() });

describe('map', () => {
  it('reads operands through any view, over any shape', async () => {
    const product = applyScalar('mul', operand(0), operand(1));
    const fused = applyScalar('maximum', applyScalar('add', product, operand(2)), constant(-0.25));
    await cases(shapeAndSeed, 60, async ({ shape, seed }) => {
      const rng = new Rng(seed);
      const operands = [0, 1, 2].map(() => anyOperand(shape, rng));
      const inputs = operands.map((o) => valuesOf(o, rng));
      await check({ name: 'fused', shape, operands, outputs: [{ expr: fused, type: 'f32' }] }, inputs);
    });
  });

  it.each([
    [5, 13_109], // elements, in runs of which the last is short
    [67, 4_096], // vec4s
    [2_051, 64], // vec4s, and a run stays at its channels
    [33_003, 4], // vec4s, which all share one
    [13_001, 3], // elements, whose channels move
  ])('gives an invocation a run of items where there are many, on a CPU: [%i, %i]', async (rows, columns) => {
    const rng = new Rng(7);
    const channels = { type: 'f32', size: columns, strides: [0, 1], offset: 0 } as const;
    const operands = [whole([rows, columns]), channels, channels];
    const bias = applyScalar('exp', applyScalar('mul', operand(1), operand(2)));
    const spec: MapSpec = {
      name: 'add-bias',
      shape: [rows, columns],
      operands,
      outputs: [{ expr: applyScalar('add', operand(0), bias), type: 'f32' }],
      adapter: rig.adapterClass,
    };
    expect(map(spec).code).toContain('for (');
    await check(
      spec,
      operands.map((o) => valuesOf(o, rng)),
    );
  });

  it('ends a run where its operands change, on a CPU: the channels of two batches that are normalized apart', async () => {
    const rng = new Rng(8);
    const shape = [2, 3136, 128];
    const apart = { type: 'f32', size: 256, strides: [128, 0, 1], offset: 0 } as const;
    const operands = [whole(shape), apart];
    const expr = applyScalar('mul', operand(0), applyScalar('rsqrt', applyScalar('exp', operand(1))));
    const outputs = [{ expr, type: 'f32' }] as const;
    for (const adapter of ['llvmpipe', 'swiftshader'] as const) {
      const { code } = map({ name: 'scale', shape, operands, outputs, adapter });
      expect(code.indexOf('exp(')).toBeLessThan(code.indexOf('for ('));
    }
    const spec: MapSpec = { name: 'scale', shape, operands, outputs, adapter: rig.adapterClass };
    await check(
      spec,
      operands.map((o) => valuesOf(o, rng)),
    );
  });

  it('writes several outputs, of several types, some over their operands', async () => {
    const sum = applyScalar('add', operand(0), operand(1));
    await cases(shapeAndSeed, 20, async ({ shape, seed }) => {
      const rng = new Rng(seed);
      const operands = [whole(shape), anyOperand(shape, rng), whole(shape, 'u32')];
      const inputs = operands.map((o) => valuesOf(o, rng));
      const count = applyScalar('add', applyScalar('mul', operand(2), constant(3)), constant(5));
      await check(
        {
          name: 'several',
          shape,
          operands,
          outputs: [
            { expr: applyScalar('square', sum), type: 'f32', inPlaceOf: 0 },
            { expr: count, type: 'u32' },
            {
              expr: applyScalar('where', applyScalar('greater', operand(2), constant(500)), sum, constant(7)),
              type: 'f32',
            },
          ],
        },
        inputs,
      );
    });
  });

  it('reaches past one row of workgroups', async () => {
    const size = 5_000_003;
    const x = new Float32Array(size).map((_, i) => i % 1021);
    const spec: MapSpec = {
      name: 'increment',
      shape: [size],
      operands: [whole([size])],
      outputs: [{ expr: applyScalar('add', operand(0), constant(1)), type: 'f32' }],
    };
    expect(map(spec).workgroups[1]).toBe(2);
    const [y] = await rig.run(map(spec), [x], [{ length: size }]);
    expectClose(
      y!,
      x.map((v) => v + 1),
      {},
    );
  });

  it('a constant needs no operand', async () => {
    for (const shape of [[], [7], [2, 8]])
      await check({ name: 'full', shape, operands: [], outputs: [{ expr: constant(0.1), type: 'f32' }] }, []);
  });

  it('one text serves all sizes of a flat walk', () => {
    const text = (n: number) =>
      map({
        name: 'neg',
        shape: [n],
        operands: [whole([n])],
        outputs: [{ expr: applyScalar('neg', operand(0)), type: 'f32' }],
      }).code;
    expect(text(64)).toBe(text(4096));
    expect(text(63)).toBe(text(4097));
  });
});

/** Arguments where an op is defined, and places where it is delicate. */
const DOMAIN: Partial<Record<ScalarOpName, { positive?: true; edges: number[] }>> = {
  log: { positive: true, edges: [1e-30, 0.5, 1, 2, 1e30] },
  sqrt: { positive: true, edges: [0, 1e-30, 1e30] },
  rsqrt: { positive: true, edges: [1e-20, 1e20] },
  log1p: { positive: true, edges: [0, 1e-30, 1e-7, 0.00999, 0.01, 1, 100, -1e-7, -0.00999, -0.9] },
  pow: { positive: true, edges: [0.5, 1, 2] },
  expm1: { edges: [0, 1e-30, -1e-7, 0.4999, -0.4999, 0.5, -0.5, 80, -80] },
  round: { edges: [0.5, 1.5, -0.5, -2.5, 2.4999998, 8388609] },
  exp: { edges: [-80, 0, 80] },
  tanh: { edges: [-1000, -10, 0, 10, 1000] },
  sigmoid: { edges: [-80, 0, 80, 1000] },
  isFinite: { edges: [Infinity, -Infinity, Number.NaN, 3.4e38, -3.4e38, 0, 1e-45] },
  isNaN: { edges: [Infinity, -Infinity, Number.NaN, 3.4e38, -3.4e38, 0, 1e-45] },
  notEqual: { edges: [Number.NaN, Infinity] },
  maximum: { edges: [Number.NaN, Infinity, -Infinity] },
  minimum: { edges: [Number.NaN, Infinity, -Infinity] },
  relu: { edges: [Number.NaN, Infinity, -Infinity, 0] },
  toF16: {
    edges: [6e-8, 3.1e-5, -5.9e-5, 2 ** -24, 2 ** -25, 2049, 2051, 65519, -65504, 65520, -1e9, Infinity, Number.NaN],
  },
  toU32: { positive: true, edges: [0, 0.99, 1e6] },
};

describe('every scalar op', () => {
  it.each(Object.keys(SCALAR_OPS) as ScalarOpName[])('%s', async (op) => {
    const { arity, result = 'f32' } = SCALAR_OPS[op] as { arity: number; result?: 'f32' | 'u32' | 'i32' };
    const { positive = false, edges = [0] } = DOMAIN[op] ?? {};
    for (const length of [61, 64]) {
      const rng = new Rng(length);
      const inputs = Array.from({ length: arity }, (_, k) => {
        const x = rng
          .normals(length, 0, 3)
          .map((v) => (positive || (op === 'div' && k === 1) ? Math.abs(v) + 0.01 : v));
        x.set(edges.slice(0, k === 0 ? edges.length : 0));
        // Masks and equal arguments must occur.
        if (k === 0 && (op === 'where' || op === 'reciprocal'))
          x.forEach((v, i) => {
            x[i] = op === 'where' ? i % 2 : v || 1;
          });
        return x;
      });
      if (arity === 2) inputs[1]!.set(inputs[0]!.subarray(20, 30), 20);
      if (op === 'div') inputs[1]!.set([3], 0);
      const args = inputs.map((_, k) => operand(k));
      await check(
        {
          name: op,
          shape: [length],
          operands: inputs.map(() => whole([length])),
          outputs: [{ expr: applyScalar(op, ...args), type: result }],
        },
        inputs,
        { rel: 2e-5, abs: 1e-6 },
      );
    }
  });
});
