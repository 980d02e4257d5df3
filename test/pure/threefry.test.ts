import { Rng, threefry2x32, type Words } from '@ganvas/kernels-wgsl';

describe('threefry2x32', () => {
  // Random123's kat_vectors, `threefry2x32 20`.
  it.each<[Words, Words, Words]>([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])('key %j, counter %j gives %j', (key, counter, block) => {
    expect(threefry2x32(key, counter)).toEqual(block);
  });
});
