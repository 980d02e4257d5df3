/** Sums of products over named axes, by what serves each best: one batched matrix product, or a product that a sum reads. */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { axesOf, type Label } from './einsum-equation.ts';
import { mul } from './elementwise.ts';
import { matmul } from './matmul.ts';
import { reshape, transpose } from './movement.ts';
import { sum } from './reduce.ts';
import { throughF32 } from './through-f32.ts';

/** Σᵢ aᵢ · bᵢ of two vectors of one length, as a scalar. */
export function dot(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length !== 1 || a.shape.join() !== b.shape.join())
    throw new ShapeError(
      `dot: expected two vectors of one length, got a ${formatShape(a.shape)}, b ${formatShape(b.shape)}; use matmul for others`,
    );
  return throughF32('dot', [a, b], (x, y) => sum(mul(x!, y!)));
}

/** c[i, j] = aᵢ · bⱼ of a vector [m] and a vector [n]. */
export function outer(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length !== 1 || b.shape.length !== 1)
    throw new ShapeError(`outer: expected two vectors, got a ${formatShape(a.shape)}, b ${formatShape(b.shape)}`);
  return mul(reshape(a, [-1, 1]), b);
}

/**
 * Einstein's summation for two operands, with PyTorch's syntax: an index that the result does not name is summed over.
 * `bij,bjk->bik` is a batch of matrix products, `i,i->` a dot product, `nhwc,co->nhwo` a 1×1 convolution. Without `->` the
 * result has the indices that occur once, in alphabetical order. `...` stands for leading axes, which broadcast; so does a
 * size of 1.
 * @throws ShapeError where the equation does not fit the operands, or names an index twice in one of them
 */
export function einsum(equation: string, a: Tensor, b: Tensor): Tensor {
  const { left, right, output } = axesOf(equation, a.shape, b.shape);
  return throughF32('einsum', [a, b], (x, y) => {
    const named = [
      { value: x!, labels: left },
      { value: y!, labels: right },
    ] as const;
    const [one, other] = [squeezed(named[0], named[1]), squeezed(named[1], named[0])];
    return contract(reduced(one, other, output), reduced(other, one, output), output);
  });
}

/** A tensor whose axes have names. */
interface Named {
  value: Tensor;
  labels: readonly Label[];
}

const sizeAlong = ({ value, labels }: Named, label: Label): number => value.shape[labels.indexOf(label)]!;
const sizesAlong = (t: Named, labels: readonly Label[]): number[] => labels.map((label) => sizeAlong(t, label));

/** Without the axes of size 1 that broadcast: they are the other's alone. */
function squeezed(one: Named, other: Named): Named {
  const broadcast = (label: Label) =>
    sizeAlong(one, label) === 1 && other.labels.includes(label) && sizeAlong(other, label) !== 1;
  const labels = one.labels.filter((label) => !broadcast(label));
  return labels.length === one.labels.length ? one : { value: reshape(one.value, sizesAlong(one, labels)), labels };
}

/** Summed over the axes that neither the other nor the result names. */
function reduced(one: Named, other: Named, output: readonly Label[]): Named {
  const alone = one.labels.filter((label) => !other.labels.includes(label) && !output.includes(label));
  if (alone.length === 0) return one;
  const axes = alone.map((label) => one.labels.indexOf(label));
  return { value: sum(one.value, axes), labels: one.labels.filter((label) => !alone.includes(label)) };
}

function contract(a: Named, b: Named, output: readonly Label[]): Tensor {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => output.includes(label));
  const summed = shared.filter((label) => !output.includes(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  if (summed.length === 0 || rows.length + columns.length === 0) {
    const all = [...output, ...summed];
    const axes = summed.map((_, i) => output.length + i);
    const product = mul(expanded(a, all), expanded(b, all));
    return axes.length === 0 ? product : sum(product, axes);
  }
  const left = matrices(a, batch, rows, summed);
  const right = matrices(b, batch, summed, columns);
  const c = matmul(left.value, right.value, { transposeA: left.turned, transposeB: right.turned });
  const labels = [...batch, ...rows, ...columns];
  const apart = reshape(c, [...sizesAlong(a, batch), ...sizesAlong(a, rows), ...sizesAlong(b, columns)]);
  return permuted({ value: apart, labels }, output);
}

/** The axes in the order of `labels`, which names each of them. */
function permuted({ value, labels: from }: Named, labels: readonly Label[]): Tensor {
  if (from.join() === labels.join()) return value;
  return transpose(
    value,
    labels.map((label) => from.indexOf(label)),
  );
}

/** In the order of `all`, of size 1 along what it does not have. */
function expanded(t: Named, all: readonly Label[]): Tensor {
  const ordered = permuted(
    t,
    all.filter((label) => t.labels.includes(label)),
  );
  return reshape(
    ordered,
    all.map((label) => (t.labels.includes(label) ? sizeAlong(t, label) : 1)),
  );
}

/** A batch of matrices, `turned` where columns lie before rows: the product reads them transposed. */
function matrices(t: Named, batch: readonly Label[], rows: readonly Label[], columns: readonly Label[]) {
  const turned = t.labels.join() === [...batch, ...columns, ...rows].join() && columns.length * rows.length > 0;
  const order = turned ? [columns, rows] : [rows, columns];
  const sizes = [...(batch.length > 0 ? [batch] : []), ...order].map((labels) => sizeOf(sizesAlong(t, labels)));
  return { value: reshape(permuted(t, [...batch, ...order.flat()]), sizes), turned };
}
