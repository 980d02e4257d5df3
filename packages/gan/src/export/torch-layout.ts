/**
 * How a tensor lies in PyTorch: its axes in another order, and along an axis that numbers the elements of an image, those in
 * another order (we count rows, columns, channels; PyTorch channels, rows, columns).
 *
 * Both are read off the recorded program: what a weight is, is what is done with it. A convolution's weight is HWIO here and OIHW
 * there (a transposed one's HWOI and IOHW, the same turn), a factor of a product [in, out] is [out, in]. And an axis is in image
 * order where a reshape flattens an image into it or unfolds an image from it; axes that elementwise work, products and joins
 * tie together have one order. So no model says anything of layouts, and a new one needs nothing.
 */
import { contiguousStrides, sizeOf } from '@ganvas/kernels-wgsl';
import type { ProgramNode, ValueId } from '@ganvas/tensor';
import { AxisOrders } from './axis-orders.ts';
import type { RecordedNet } from './recorded-net.ts';

export interface TorchLayout {
  /** Shape in PyTorch. */
  shape: readonly number[];
  /** Element k of PyTorch's is our element `source(k)`, both row-major. */
  source: Uint32Array;
}

/**
 * The layout of each tensor that the program reads, by name.
 * @throws Error where two uses of one axis disagree about its order
 */
export function torchLayouts({ program, names }: RecordedNet): Map<string, TorchLayout> {
  const orders = new AxisOrders(program);
  const turns = axisTurns({ program, names });
  return new Map(
    [...names].map(([id, name]) => {
      const { shape } = program.values[id]!;
      const turn = turns.get(id) ?? shape.map((_, axis) => axis);
      const within = shape.map((_, axis) => orders.of(id, axis, name));
      return [name, { shape: turn.map((axis) => shape[axis]!), source: sources(shape, turn, within) }];
    }),
  );
}

/** The layout of a tensor that is the same in both. */
export const sameLayout = (shape: readonly number[]): TorchLayout => ({
  shape,
  source: Uint32Array.from({ length: sizeOf(shape) }, (_, k) => k),
});

/** Where the elements of a tensor come from whose axis i is axis `turn[i]` of one of this shape; both row-major. */
export const turned = (shape: readonly number[], turn: readonly number[]): Uint32Array => sources(shape, turn, []);

export const toTorch = (ours: Float32Array, { source }: TorchLayout): Float32Array =>
  Float32Array.from(source, (at) => ours[at]!);

export function fromTorch(theirs: Float32Array, { source }: TorchLayout): Float32Array {
  const ours = new Float32Array(theirs.length);
  source.forEach((at, k) => {
    ours[at] = theirs[k]!;
  });
  return ours;
}

/** HWIO → OIHW, HWOI → IOHW. */
export const KERNEL_TURN = [3, 2, 0, 1] as const;
/** [in, out] → [out, in]. */
const MATRIX_TURN = [1, 0] as const;
/** [height, width, channels] → [channels, height, width]: a scale for each element of an image. */
const IMAGE_TURN = [2, 0, 1] as const;

/** Which axes of ours become PyTorch's axes 0, 1, …, for the tensors whose axes turn. */
function axisTurns({ program: { nodes, values }, names }: Pick<RecordedNet, 'program' | 'names'>) {
  const turns = new Map<ValueId, readonly number[]>();
  /** What a value was computed from elementwise: spectral norm divides a weight before it is used. */
  const origins = new Map<ValueId, ValueId>([...names.keys()].map((id) => [id, id]));
  const rank = (id: ValueId) => values[id]!.shape.length;
  const turn = (id: ValueId, by: readonly number[]) => {
    const origin = origins.get(id);
    if (origin !== undefined && rank(origin) === by.length) turns.set(origin, by);
  };
  for (const { op, attrs, inputs, outputs } of nodes) {
    const [a, b] = inputs as [ValueId, ValueId];
    if (op.name === 'matmul') {
      const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
      if (!transposeB) turn(b, MATRIX_TURN);
      if (transposeA) turn(a, MATRIX_TURN);
    } else if (op.name === 'conv2d' || op.name === 'conv2dInputGrad') turn(b, KERNEL_TURN);
    else if (isElementwise({ op, attrs, inputs }, values)) {
      const [y] = outputs as [ValueId];
      for (const id of inputs) {
        if (rank(id) === 3 && rank(y) === 4) turn(id, IMAGE_TURN);
        const origin = origins.get(id);
        if (
          origin !== undefined &&
          sizeOf(values[id]!.shape) > 1 &&
          values[id]!.shape.join() === values[y]!.shape.join()
        )
          origins.set(y, origin);
      }
    }
  }
  return turns;
}

const isElementwise = (
  { op, attrs, inputs }: Pick<ProgramNode, 'op' | 'attrs' | 'inputs'>,
  values: RecordedNet['program']['values'],
): boolean =>
  !MOVES.has(op.name) &&
  op.lower(
    inputs.map((id) => values[id]!),
    attrs,
  ).kind === 'map';
/** Maps as well, but the elements come to stand elsewhere. */
const MOVES = new Set(['transpose', 'slice', 'fill']);

function sources(
  shape: readonly number[],
  turn: readonly number[],
  within: readonly (readonly number[] | null)[],
): Uint32Array {
  const strides = contiguousStrides(shape);
  const source = new Uint32Array(sizeOf(shape));
  let at = 0;
  const walk = (depth: number, offset: number): void => {
    if (depth === turn.length) {
      source[at++] = offset;
      return;
    }
    const axis = turn[depth]!;
    const order = within[axis] ?? null;
    for (let i = 0; i < shape[axis]!; i++) walk(depth + 1, offset + (order ? order[i]! : i) * strides[axis]!);
  };
  walk(0, 0);
  return source;
}
