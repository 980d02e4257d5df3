/** What the ops compute that the compiler knows only as kernels: in float64, as their definitions say, by plain loops. */
import {
  type AdamSpec,
  adamReference,
  concatReference,
  contiguousStrides,
  conv2dInputGradReference,
  conv2dReference,
  conv2dWeightGradReference,
  gatherAxisReference,
  gatherReference,
  linspaceReference,
  matmulReference,
  momentsReference,
  operand,
  type ReduceOp,
  reduceReference,
  scanReference,
  scatterAddReference,
  sizeOf,
  softmaxReference,
  threefry2x32,
  unitNormals,
  unitUniform,
  unsliceReference,
  type Words,
} from '@ganvas/kernels-wgsl';
import type {
  AxisAttrs,
  CumSumAttrs,
  GatherAttrs,
  InputGradAttrs,
  LinspaceAttrs,
  MatmulAttrs,
  MomentsAttrs,
  OpName,
  RandomAttrs,
  ReduceAttrs,
  ScatterAttrs,
  SoftmaxAttrs,
  TensorSpec,
  UnsliceAttrs,
  WeightGradAttrs,
  Window,
} from '@ganvas/tensor';
import { geometry } from '../packages/tensor/src/ops/conv-window.ts';
import { indexedAxis, scatteredShape } from '../packages/tensor/src/ops/indexed-axis.ts';

type Arrays = readonly Float64Array[];

/** The values of the op's outputs; an op with effects changes its inputs in place. */
export type Reference<A = object> = (inputs: Arrays, specs: readonly TensorSpec[], attrs: A) => Float64Array[];

const reduction =
  (op: ReduceOp): Reference<ReduceAttrs> =>
  (inputs, [x], { axes }) => {
    const { shape } = x!;
    const whole = { type: 'f32', size: sizeOf(shape), strides: contiguousStrides(shape), offset: 0 } as const;
    return reduceReference({ op, shape, axes: [...axes], operands: [whole], exprs: [operand(0)] }, [...inputs]);
  };

const softmax =
  (log: boolean): Reference<SoftmaxAttrs> =>
  ([x], [spec], { axis }) => {
    const { shape } = spec!;
    const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
    return [softmaxReference({ outer, range: shape[axis]!, inner, log }, x!)];
  };

/** Element i belongs to number counter + i of the stream, and each block of Threefry holds two. */
const draw =
  (numbersOf: (block: Words) => readonly [number, number]): Reference<RandomAttrs> =>
  ([state], _, { shape }) => {
    const [key0, key1, low, high] = state as unknown as [number, number, number, number];
    const number = (i: number) => {
      const at = high * 2 ** 32 + low + i;
      return numbersOf(threefry2x32([key0, key1], [(at / 2) >>> 0, Math.floor(at / 2 ** 33)]))[at % 2]!;
    };
    return [Float64Array.from({ length: sizeOf(shape) }, (_, i) => number(i))];
  };

const REFERENCES = {
  sum: reduction('sum'),
  prod: reduction('prod'),
  max: reduction('max'),
  min: reduction('min'),
  cumSum: ([x], [spec], { axis, reverse, exclusive }: CumSumAttrs) => {
    const { shape } = spec!;
    const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
    return [scanReference({ outer, range: shape[axis]!, inner, reverse, exclusive }, x!)];
  },
  softmax: softmax(false),
  logSoftmax: softmax(true),
  matmul: ([a, b], specs, { transposeA, transposeB }: MatmulAttrs) => {
    const [shapeA, shapeB] = [specs[0]!.shape, specs[1]!.shape];
    const [m, k] = transposeA ? [shapeA.at(-1)!, shapeA.at(-2)!] : [shapeA.at(-2)!, shapeA.at(-1)!];
    const n = shapeB.at(transposeB ? -2 : -1)!;
    const batches = { batchA: shapeA.slice(0, -2), batchB: shapeB.slice(0, -2) };
    return [matmulReference({ m, n, k, transposeA, transposeB, ...batches }, a!, b!)];
  },
  conv2d: ([x, w], specs, window: Window) => [
    conv2dReference(geometry(specs[0]!.shape, specs[1]!.shape, window), x!, w!),
  ],
  conv2dInputGrad: ([dy, w], specs, { inputShape, ...window }: InputGradAttrs) => [
    conv2dInputGradReference(geometry(inputShape, specs[1]!.shape, window), dy!, w!),
  ],
  conv2dWeightGrad: ([x, dy], specs, { weightShape, ...window }: WeightGradAttrs) => [
    conv2dWeightGradReference(geometry(specs[0]!.shape, weightShape, window), x!, dy!),
  ],
  moments: ([x], specs, { separate }: MomentsAttrs) => {
    const { shape } = specs[0]!;
    const [batches, channels] = [separate ? shape[0]! : 1, shape.at(-1)!];
    const { mean, variance } = momentsReference({ batches, rows: x!.length / channels / batches, channels }, x!);
    return [mean, variance];
  },
  gatherBatch: ([data, indices], specs) => {
    const [count, ...item] = specs[0]!.shape as [number, ...number[]];
    const spec = { count, pixels: sizeOf(item), batch: indices!.length };
    return [gatherReference(spec, Uint8Array.from(data!), indices!)];
  },
  uniform: draw(([a, b]) => [unitUniform(a), unitUniform(b)]),
  unslice: ([x], specs, { value, ...attrs }: UnsliceAttrs) => [
    unsliceReference({ ...attrs, sizes: specs[0]!.shape }, x!, value),
  ],
  concat: (parts, specs, { axis }: AxisAttrs) => {
    const rows = sizeOf(specs[0]!.shape.slice(0, axis));
    return [concatReference({ rows, columns: parts.map((p) => p.length / rows) }, parts)];
  },
  gather: ([x, indices], specs, attrs: GatherAttrs) => {
    const axis = indexedAxis(specs[0]!.shape, specs[1]!.shape, attrs);
    return [gatherAxisReference(axis, x!, indices!, specs[0]!.dtype === 'f32' ? Number.NaN : 0)];
  },
  scatterAdd: ([updates, indices], specs, attrs: ScatterAttrs) => {
    const whole = scatteredShape(specs[0]!.shape, specs[1]!.shape, attrs);
    return [scatterAddReference(indexedAxis(whole, specs[1]!.shape, attrs), updates!, indices!)];
  },
  linspace: (_, __, attrs: LinspaceAttrs) => [linspaceReference(attrs)],
  normal: draw(unitNormals),
  integer: ([state], specs, { shape, limit }: RandomAttrs & { limit: number }) =>
    draw(([a, b]) => [Math.floor((a * limit) / 2 ** 32), Math.floor((b * limit) / 2 ** 32)])([state!], specs, {
      shape,
    }),
  advance: ([state], _, { count }: { count: number }) => {
    const next = state![3]! * 2 ** 32 + state![2]! + count;
    state!.set([next % 2 ** 32, Math.floor(next / 2 ** 32) % 2 ** 32], 2);
    return [];
  },
  adam: ([p, m, v, g, hyper], _, attrs: Omit<AdamSpec, 'size'>) => {
    const next = adamReference({ size: p!.length, ...attrs }, { p: p!, m: m!, v: v! }, g!, {
      t: hyper![0]!,
      rate: hyper![1]!,
    });
    p!.set(next.p);
    m!.set(next.m);
    v!.set(next.v);
    return [];
  },
} satisfies { readonly [N in OpName]?: Reference<never> };

/** @throws Error for an op that has none */
export function referenceOf(name: string): Reference {
  const reference = (REFERENCES as Record<string, Reference | undefined>)[name];
  if (!reference) throw new Error(`referenceOf: ${name} has no float64 reference; add one to test/references.ts`);
  return reference;
}

/** Whether an op is computed by loops of its own, rather than by its expression. */
export const hasReference = (op: string): boolean => op in REFERENCES;
