/** Effects: ops that change state tensors in place, in the order of the calls. */
import { type AdamSpec, adamCandidate, contiguousStrides, operand, sizeOf } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { formatShape, ShapeError } from '../shape.ts';
import { packedLayout } from '../state.ts';
import type { Tensor } from '../tensor.ts';

export const effectOps = {
  assign: {
    name: 'assign',
    writes: [0],
    infer: ([target, value]) => {
      if (target!.shape.join() !== value!.shape.join() || target!.dtype !== value!.dtype) {
        throw new ShapeError(
          `assign: the state is ${target!.dtype}${formatShape(target!.shape)}, the value ${value!.dtype}${formatShape(value!.shape)}`,
        );
      }
      return [];
    },
    lower: ([target]) => {
      const view = { strides: contiguousStrides(target!.shape), offset: 0 };
      return { kind: 'map', views: [view, view], expr: operand(1), writes: 0 };
    },
  } satisfies Op,

  adam: {
    name: 'adam',
    writes: [0, 1, 2],
    infer: (inputs) => {
      const [p, , , g, hyper, ...conditions] = inputs;
      if (
        inputs.slice(0, 4).some((t) => t.shape.join() !== p!.shape.join()) ||
        hyper?.shape.join() !== '2' ||
        conditions.some((t) => sizeOf(t.shape) !== 1)
      ) {
        throw new ShapeError(
          `adam: expected p, m, v, g of one shape, hyper [2] and a scalar scale and proceed, got ${inputs.map((t) => formatShape(t.shape)).join(', ')} (g ${formatShape(g!.shape)})`,
        );
      }
      return [];
    },
    lower: ([p], options) => {
      const spec = { size: sizeOf(p!.shape), ...options };
      return { kind: 'kernels', candidates: () => [adamCandidate(spec)] };
    },
  } satisfies Op<Omit<AdamSpec, 'size'>>,

  pack: {
    name: 'pack',
    infer: (inputs) => {
      const other = inputs.find((t) => t.dtype !== 'f32');
      if (other) throw new ShapeError(`pack: expected f32 tensors, got ${other.dtype}${formatShape(other.shape)}`);
      if (inputs.length === 0) throw new ShapeError('pack: expected at least one tensor, got none');
      return [{ shape: [packedLayout(inputs.map((t) => ({ size: sizeOf(t.shape) }))).size], dtype: 'f32' }];
    },
    lower: (inputs) => ({
      kind: 'pack',
      offsets: packedLayout(inputs.map((t) => ({ size: sizeOf(t.shape) }))).offsets,
    }),
  } satisfies Op,
};

/** Sets a state tensor to `value` (same shape and dtype). Later reads, in the order of the calls, see the new value. */
export function assign(target: Tensor, value: Tensor): void {
  apply(effectOps.assign, [target, value], {});
}

/** Several f32 tensors in one buffer, laid out as `packStates` does. Inside `capture` their kernels write straight into it. */
export const pack = (tensors: readonly Tensor[]): Tensor => apply(effectOps.pack, tensors, {})[0]!;

/** Scalars: the gradient is divided by `scale`; where `proceed` is 0 nothing changes. */
export interface AdamConditions {
  scale?: Tensor | null;
  proceed?: Tensor | null;
}

/**
 * One Adam update in place (see the kernel `adam` for the formula).
 * @param p,m,v parameters and moments: state tensors of one shape; g the gradient; hyper f32 [2]: step count t ≥ 1, learning rate
 */
export function adamUpdate(
  p: Tensor,
  m: Tensor,
  v: Tensor,
  g: Tensor,
  hyper: Tensor,
  options: Omit<AdamSpec, 'size' | 'scaled' | 'checked'>,
  { scale, proceed }: AdamConditions = {},
): void {
  apply(effectOps.adam, [p, m, v, g, hyper, ...(scale ? [scale] : []), ...(proceed ? [proceed] : [])], {
    ...options,
    ...(scale && { scaled: true }),
    ...(proceed && { checked: true }),
  });
}
