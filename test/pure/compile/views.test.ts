/** Composed views read the elements that reading one after the other reads, or there is no composition. */
import { contiguousStrides, placeIn, sizeOf, type View } from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { composeViews, isIdentity, reshapeView } from '../../../packages/tensor/src/compile/views.ts';

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const whole = (dims: readonly number[]): View => ({ strides: contiguousStrides(dims), offset: 0 });

/** A view over `dims` of memory of any size: axes broadcast, permuted, stepped, and an offset. */
const viewOver = (dims: readonly number[]): fc.Arbitrary<View> =>
  fc.record({
    strides: fc.tuple(...dims.map(() => fc.constantFrom(0, 1, 2, 3, 4, 8))),
    offset: fc.nat({ max: 5 }),
  });

/** A view over some shape of a contiguous tensor of `dims`: some of its axes, permuted, with others broadcast or sliced. */
const viewOf = (dims: readonly number[]): fc.Arbitrary<{ shape: number[]; view: View }> => {
  const steps = contiguousStrides(dims);
  const axes = dims.map((_, axis) => axis);
  return fc
    .record({
      order: fc.shuffledSubarray(axes, { minLength: 0 }),
      repeat: fc.integer({ min: 1, max: 3 }),
      start: fc.tuple(...dims.map((d) => fc.nat({ max: d - 1 }))),
    })
    .map(({ order, repeat, start }) => ({
      shape: [repeat, ...order.map((axis) => dims[axis]! - start[axis]!)],
      view: {
        strides: [0, ...order.map((axis) => steps[axis]!)],
        offset: start.reduce((sum, s, axis) => sum + s * steps[axis]!, 0),
      },
    }));
};

it('agrees with reading twice', () => {
  let composed = 0;
  const cases = shape.chain((inner) =>
    fc.record({ inner: fc.constant(inner), view: viewOver(inner), outer: viewOf(inner) }),
  );
  fc.assert(
    fc.property(cases, ({ inner, view, outer }) => {
      const result = composeViews(outer.view, outer.shape, view, inner);
      if (!result) return;
      composed++;
      for (let i = 0; i < sizeOf(outer.shape); i++) {
        const between = placeIn(outer.view, outer.shape, i);
        expect(placeIn(result, outer.shape, i)).toBe(placeIn(view, inner, between));
      }
    }),
    { numRuns: 1000, seed: 1 },
  );
  expect(composed).toBeGreaterThan(500);
});

it('agrees wherever a view may go in its tensor: steps, flips, windows, and rows that it crosses', () => {
  let composed = 0;
  const axis = fc.record({ size: fc.integer({ min: 1, max: 3 }), step: fc.integer({ min: -13, max: 13 }) });
  const cases = shape.chain((inner) =>
    fc.record({
      inner: fc.constant(inner),
      view: viewOver(inner),
      axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
      room: fc.nat({ max: 40 }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ inner, view, axes, room }) => {
      const lowest = axes.reduce((sum, { size, step }) => sum + Math.min(0, step * (size - 1)), 0);
      const highest = axes.reduce((sum, { size, step }) => sum + Math.max(0, step * (size - 1)), 0);
      fc.pre(highest - lowest < sizeOf(inner));
      const outer: View = {
        strides: axes.map((a) => a.step),
        offset: -lowest + (room % (sizeOf(inner) - highest + lowest)),
      };
      const outerShape = axes.map((a) => a.size);
      const result = composeViews(outer, outerShape, view, inner);
      if (!result) return;
      composed++;
      for (let i = 0; i < sizeOf(outerShape); i++) {
        const between = placeIn(outer, outerShape, i);
        expect(placeIn(result, outerShape, i)).toBe(placeIn(view, inner, between));
      }
    }),
    { numRuns: 2000, seed: 2 },
  );
  expect(composed).toBeGreaterThan(300);
});

it('composes steps and flips, and knows where a row ends', () => {
  const transposed: View = { strides: [1, 3], offset: 0 }; // [3, 2] of a [2, 3]
  expect(composeViews({ strides: [-2], offset: 4 }, [3], transposed, [3, 2])).toEqual({ strides: [-1], offset: 2 });
  expect(composeViews({ strides: [1], offset: 0 }, [2], transposed, [3, 2])).toEqual({ strides: [3], offset: 0 });
  expect(composeViews({ strides: [1], offset: 1 }, [2], transposed, [3, 2])).toBeNull();
});

it('knows what strides cannot say', () => {
  const transposed: View = { strides: [1, 3], offset: 0 }; // [3, 2] of a [2, 3]
  expect(composeViews(whole([6]), [6], transposed, [3, 2])).toBeNull();
  expect(composeViews(whole([6]), [6], whole([3, 2]), [3, 2])).toEqual(whole([6]));
  expect(composeViews(whole([6]), [6], { strides: [0, 0], offset: 0 }, [3, 2])).toEqual({ strides: [0], offset: 0 });
});

it('an identity reads a tensor in its own order', () => {
  expect(isIdentity({ strides: [3, 1], offset: 0 }, [2, 3])).toBe(true);
  expect(isIdentity({ strides: [99, 1], offset: 0 }, [1, 3])).toBe(true); // an axis of one element has no step
  expect(isIdentity({ strides: [1, 2], offset: 0 }, [2, 3])).toBe(false);
  expect(isIdentity({ strides: [3, 1], offset: 3 }, [2, 3])).toBe(false);
});

/** A shape, and another one of as many elements. */
const reshapes = fc
  .array(fc.constantFrom(1, 2, 3, 4, 6), { minLength: 1, maxLength: 4 })
  .chain((from) =>
    fc.record({ from: fc.constant(from), to: fc.shuffledSubarray(factors(from), { minLength: factors(from).length }) }),
  )
  .chain(({ from, to }) => fc.record({ from: fc.constant(from), to: fc.constant(to), view: viewOver(from) }));

function factors(dims: readonly number[]): number[] {
  return dims.flatMap((d) => (d === 4 ? [2, 2] : d === 6 ? [3, 2] : [d]));
}

it('reshapeView walks another shape of the same size in the same order', () => {
  let reshaped = 0;
  fc.assert(
    fc.property(reshapes, ({ from, to, view }) => {
      const result = reshapeView(view, from, to);
      const places = Array.from({ length: sizeOf(from) }, (_, i) => placeIn(view, from, i));
      if (result) {
        reshaped++;
        expect(places.map((_, i) => placeIn(result, to, i))).toEqual(places);
        return;
      }
      // No strides could: some axis of `to` goes in steps of different size.
      const own = contiguousStrides(to);
      const uneven = to.some((size, axis) =>
        places.some((place, i) => {
          const at = Math.floor(i / own[axis]!) % size;
          return at + 1 < size && places[i + own[axis]!]! - place !== places[own[axis]!]! - places[0]!;
        }),
      );
      expect(uneven).toBe(true);
    }),
    { numRuns: 1000, seed: 1 },
  );
  expect(reshaped).toBeGreaterThan(300);
  expect(reshapeView(whole([2, 3]), [2, 3], [4])).toBeNull();
});
