import type { ConcatSpec } from '../movement/concat.ts';
import type { GatherAxisSpec, IndexedAxis } from '../movement/gather-axis.ts';
import { type LinspaceSpec, stepOf } from '../movement/linspace.ts';
import type { UnsliceSpec } from '../movement/unslice.ts';
import { contiguousStrides, sizeOf } from '../view.ts';

/** `unslice` on any values; `value` stands where nothing comes. */
export function unsliceReference(
  { shape, sizes, starts, steps }: Omit<UnsliceSpec, 'word'>,
  x: ArrayLike<number>,
  value: number,
): Float64Array {
  const out = new Float64Array(sizeOf(shape)).fill(value);
  const strides = contiguousStrides(shape);
  const own = contiguousStrides(sizes);
  for (let i = 0; i < sizeOf(sizes); i++) {
    const place = sizes.reduce((sum, size, axis) => {
      const k = Math.floor(i / own[axis]!) % size;
      return sum + (starts[axis]! + k * steps[axis]!) * strides[axis]!;
    }, 0);
    out[place] = x[i]!;
  }
  return out;
}

/** `concat` on any values. */
export function concatReference({ rows, columns }: ConcatSpec, parts: readonly ArrayLike<number>[]): Float64Array {
  const out: number[] = [];
  for (let row = 0; row < rows; row++) {
    columns.forEach((n, part) => {
      for (let column = 0; column < n; column++) out.push(parts[part]![row * n + column]!);
    });
  }
  return Float64Array.from(out);
}

/** Calls `visit` with the flat place in [outer, count, inner], its index, and the flat place that this means in [outer, range, inner]. */
function indexed(
  { outer, range, inner, count, each }: IndexedAxis,
  indices: ArrayLike<number>,
  visit: (at: number, index: number, place: number) => void,
): void {
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < count; k++) {
      for (let i = 0; i < inner; i++) {
        const at = (o * count + k) * inner + i;
        const index = indices[each ? at : k]!;
        visit(at, index, (o * range + index) * inner + i);
      }
    }
  }
}

const isBeyond = (index: number, range: number): boolean => index < 0 || index >= range;

/** `gatherAxis` on any values; an index beyond the axis reads `missing`. */
export function gatherAxisReference(
  spec: Omit<GatherAxisSpec, 'missing'>,
  x: ArrayLike<number>,
  indices: ArrayLike<number>,
  missing: number,
): Float64Array {
  const out = new Float64Array(spec.outer * spec.count * spec.inner);
  indexed(spec, indices, (at, index, place) => {
    out[at] = isBeyond(index, spec.range) ? missing : x[place]!;
  });
  return out;
}

/** `scatterAdd` in float64. */
export function scatterAddReference(
  spec: IndexedAxis,
  updates: ArrayLike<number>,
  indices: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(spec.outer * spec.range * spec.inner);
  indexed(spec, indices, (at, index, place) => {
    if (!isBeyond(index, spec.range)) out[place]! += updates[at]!;
  });
  return out;
}

/** `linspace` in float64. */
export const linspaceReference = (spec: Omit<LinspaceSpec, 'type'>): Float64Array =>
  Float64Array.from({ length: spec.count }, (_, i) => spec.first + i * stepOf(spec));
