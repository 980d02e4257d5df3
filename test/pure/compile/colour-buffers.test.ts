/** Interval colouring against its own definition, on random lifetimes. */
import fc from 'fast-check';
import { colourBuffers } from '../../../packages/tensor/src/compile/colour-buffers.ts';

const lifetimes = fc.array(
  fc
    .record({ bytes: fc.integer({ min: 1, max: 50 }), first: fc.nat(12), length: fc.nat(6) })
    .map(({ bytes: size, first, length }) => ({ bytes: size, first, last: first + length })),
  { maxLength: 20 },
);

it('never gives a buffer to two at a time, nor one that is too small', () => {
  fc.assert(
    fc.property(lifetimes, (all) => {
      const { buffers, bufferOf } = colourBuffers(all);
      all.forEach((a, i) => {
        expect(a.bytes).toBeLessThanOrEqual(buffers[bufferOf[i]!]!);
        for (let j = 0; j < i; j++) {
          const b = all[j]!;
          if (a.first <= b.last && b.first <= a.last) expect(bufferOf[i]).not.toBe(bufferOf[j]);
        }
      });
      const largestAtOnce = Math.max(
        0,
        ...Array.from({ length: 20 }, (_, at) =>
          all.filter((l) => l.first <= at && at <= l.last).reduce((total, l) => total + l.bytes, 0),
        ),
      );
      const total = buffers.reduce((a, b) => a + b, 0);
      expect(total).toBeGreaterThanOrEqual(largestAtOnce);
      expect(total).toBeLessThanOrEqual(all.reduce((a, b) => a + b.bytes, 0));
    }),
  );
});
