import { attainable, leastMs, rooflineShare, totalCost } from '../../../bench/roofline.ts';

const CEILINGS = { gflops: 100, gbps: 10 };
/** 1000 operations a byte, and one operation for 8 bytes. */
const BOUND_BY_ARITHMETIC = { flops: 1e9, bytes: 1e6 };
const BOUND_BY_MEMORY = { flops: 1e6, bytes: 8e6 };

it('allows the peak or what the memory feeds, whichever is less', () => {
  expect(attainable(BOUND_BY_ARITHMETIC, CEILINGS)).toBe(100);
  expect(attainable(BOUND_BY_MEMORY, CEILINGS)).toBe(1.25);
  expect(attainable({ flops: 10, bytes: 1 }, CEILINGS)).toBe(100); // the ridge
});

it('asks for the time that this rate means', () => {
  expect(leastMs(BOUND_BY_ARITHMETIC, CEILINGS)).toBeCloseTo(10);
  expect(leastMs(BOUND_BY_MEMORY, CEILINGS)).toBeCloseTo(0.8);
  for (const cost of [BOUND_BY_ARITHMETIC, BOUND_BY_MEMORY])
    expect(cost.flops / leastMs(cost, CEILINGS) / 1e6).toBeCloseTo(attainable(cost, CEILINGS));
  expect(leastMs({ flops: 0, bytes: 1e7 }, CEILINGS)).toBeCloseTo(1); // a copy, whose rate in operations is 0
});

it('gives each of several dispatches its own roofline', () => {
  expect(rooflineShare([BOUND_BY_ARITHMETIC], 20, CEILINGS)).toBeCloseTo(0.5);
  // Together 10 + 0.8 ms, though their sum as one kernel would need 10.01.
  expect(rooflineShare([BOUND_BY_ARITHMETIC, BOUND_BY_MEMORY], 10.8, CEILINGS)).toBeCloseTo(1);
  expect(totalCost([BOUND_BY_ARITHMETIC, BOUND_BY_MEMORY])).toEqual({ flops: 1.001e9, bytes: 9e6 });
});
