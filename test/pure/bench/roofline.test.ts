import { bandwidth, leastMs, rooflineShare, totalCost } from '../../../bench/roofline.ts';

const CEILINGS = { gflops: 100, gbps: 10 };
/** 1000 operations a byte, and one operation for 8 bytes. */
const BOUND_BY_ARITHMETIC = { flops: 1e9, bytes: 1e6 };
const BOUND_BY_MEMORY = { flops: 1e6, bytes: 8e6 };

it('asks for the time of the arithmetic or of the traffic, whichever is longer', () => {
  expect(leastMs(BOUND_BY_ARITHMETIC, CEILINGS)).toBeCloseTo(10);
  expect(leastMs(BOUND_BY_MEMORY, CEILINGS)).toBeCloseTo(0.8);
  expect(leastMs({ flops: 1e9, bytes: 1e8 }, CEILINGS)).toBeCloseTo(10); // the ridge: both take as long
  expect(leastMs({ flops: 0, bytes: 1e7 }, CEILINGS)).toBeCloseTo(1); // a copy, whose rate in operations is 0
});

describe('bandwidth', () => {
  const streams = [
    { bytes: 2e6, gbps: 30 }, // mostly the fixed cost of a dispatch
    { bytes: 8e6, gbps: 40 },
    { bytes: 32e6, gbps: 20 },
    { bytes: 128e6, gbps: 10 },
  ];

  it('is that of streams which are not clearly shorter', () => {
    const at = (bytes: number) => bandwidth(bytes, { ...CEILINGS, streams });
    expect([1e6, 2e6, 7e6, 8e6, 31e6, 32e6, 127e6, 128e6, 1e9].map(at)).toEqual([40, 40, 40, 40, 40, 20, 20, 10, 10]);
  });

  it('is one number where no more is known', () => {
    expect(bandwidth(1, CEILINGS)).toBe(10);
    expect(bandwidth(1e9, CEILINGS)).toBe(10);
  });

  it('counts in the time that is asked for', () => {
    expect(leastMs(BOUND_BY_MEMORY, { ...CEILINGS, streams })).toBeCloseTo(0.2);
  });
});

it('gives each of several dispatches its own roofline', () => {
  expect(rooflineShare([BOUND_BY_ARITHMETIC], 20, CEILINGS)).toBeCloseTo(0.5);
  // Together 10 + 0.8 ms, though their sum as one kernel would need 10.01.
  expect(rooflineShare([BOUND_BY_ARITHMETIC, BOUND_BY_MEMORY], 10.8, CEILINGS)).toBeCloseTo(1);
  expect(totalCost([BOUND_BY_ARITHMETIC, BOUND_BY_MEMORY])).toEqual({ flops: 1.001e9, bytes: 9e6 });
});
