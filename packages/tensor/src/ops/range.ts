/** Numbers in a row, and what is told by where an element stands: triangles and the identity. */
import { linspaceCandidate, stepOf } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { defaultDevice } from '../runtime/default-device.ts';
import type { Device } from '../runtime/device.ts';
import { checkShape, formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { cast, equal, greaterEqual, lessEqual, sub, where } from './elementwise.ts';
import { reshape } from './movement.ts';

export interface LinspaceAttrs {
  first: number;
  last: number;
  count: number;
  dtype: 'f32' | 'u32' | 'i32';
}

export const rangeOps = {
  linspace: {
    name: 'linspace',
    infer: (_, { count, dtype }) => [{ shape: [count], dtype }],
    lower: (_, { dtype, ...spec }) => ({
      kind: 'kernels',
      candidates: () => [linspaceCandidate({ ...spec, type: dtype })],
    }),
  } satisfies Op<LinspaceAttrs>,
};

export interface RangeOptions {
  /** Default f32. */
  dtype?: 'f32' | 'f16' | 'u32' | 'i32';
  /** Default: the device opened last. */
  device?: Device;
}

function numbers(op: string, { first, last, count }: Omit<LinspaceAttrs, 'dtype'>, options: RangeOptions): Tensor {
  const { dtype = 'f32', device = defaultDevice() } = options;
  checkShape(op, [count]);
  const step = stepOf({ first, last, count });
  const whole = dtype === 'u32' || dtype === 'i32';
  const fits = (n: number) =>
    whole
      ? Number.isInteger(n) && n >= (dtype === 'u32' ? 0 : -(2 ** 31)) && n < (dtype === 'u32' ? 2 ** 32 : 2 ** 31)
      : Number.isFinite(Math.fround(n));
  if (![first, last].every(fits) || (whole && !Number.isInteger(step)))
    throw new ShapeError(`${op}: ${count} numbers from ${first} to ${last}, ${step} apart, are not all of ${dtype}`);
  const made = apply(rangeOps.linspace, [], { first, last, count, dtype: dtype === 'f16' ? 'f32' : dtype }, device)[0]!;
  return cast(made, dtype);
}

/**
 * `start`, `start + step`, … before `stop`: `arange(0, 10)` are the first ten whole numbers. Step by default 1; in f32 each is
 * rounded on its own.
 * @throws ShapeError where there are none
 */
export function arange(start: number, stop: number, step = 1, options: RangeOptions = {}): Tensor {
  const count = Math.ceil((stop - start) / step);
  if (!(count >= 1) || !Number.isFinite(count))
    throw new ShapeError(`arange: no numbers from ${start} by ${step} before ${stop}`);
  return numbers('arange', { first: start, last: start + (count - 1) * step, count }, options);
}

/** `count` numbers at equal distances, the first `start` and the last `stop`, both exactly; only `start` where count is 1. */
export const linspace = (start: number, stop: number, count: number, options: RangeOptions = {}): Tensor =>
  numbers('linspace', { first: start, last: count === 1 ? start : stop, count }, options);

/** Column less row, over a matrix: 0 on the diagonal, positive above it. */
function diagonals(rows: number, columns: number, device: Device): Tensor {
  const row = reshape(arange(0, rows, 1, { device }), [rows, 1]);
  return sub(arange(0, columns, 1, { device }), row);
}

/** The identity matrix [rows, columns] (default square): 1 on diagonal `k`, which by default is the main one; above it k > 0. */
export function eye(
  rows: number,
  columns = rows,
  { k = 0, dtype = 'f32', device = defaultDevice() }: RangeOptions & { k?: number } = {},
): Tensor {
  checkShape('eye', [rows, columns]);
  return cast(equal(diagonals(rows, columns, device), k), dtype);
}

const triangle =
  (op: string, compare: (distance: Tensor, k: number) => Tensor) =>
  (x: Tensor, k = 0): Tensor => {
    const [rows, columns] = x.shape.slice(-2);
    if (columns === undefined)
      throw new ShapeError(`${op}: expected matrices [..., rows, columns], got ${formatShape(x.shape)}`);
    return where(compare(diagonals(rows!, columns, x.device), k), x, 0);
  };

/** The lower triangles of matrices [..., rows, columns]: 0 above diagonal `k` (default 0, the main one; k > 0 lies above it). */
export const tril = triangle('tril', lessEqual);

/** The upper triangles of matrices [..., rows, columns]: 0 below diagonal `k` (default 0, the main one; k > 0 lies above it). */
export const triu = triangle('triu', greaterEqual);
