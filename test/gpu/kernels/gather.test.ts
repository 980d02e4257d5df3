import { gatherImages, gatherReference, Rng } from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { cases, expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const spec = fc.record({
  count: fc.integer({ min: 1, max: 30 }),
  pixels: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(4, 64, 784)),
  batch: fc.integer({ min: 1, max: 20 }),
});

/** Random images, as bytes and as the words that hold them. */
function images(count: number, pixels: number) {
  const words = new Uint32Array(Math.ceil((count * pixels) / 4));
  const bytes = new Uint8Array(words.buffer);
  const rng = new Rng(pixels);
  bytes.forEach((_, i) => {
    bytes[i] = rng.below(256);
  });
  bytes.set([0, 255].slice(0, bytes.length));
  return { words, bytes };
}

describe('gatherImages', () => {
  it('takes the images of the indices, in -1..1', async () => {
    await cases(spec, 40, async (s) => {
      const { words, bytes } = images(s.count, s.pixels);
      const rng = new Rng(s.batch);
      const indices = Uint32Array.from({ length: s.batch }, () => rng.below(s.count));
      const [out] = await rig.run(gatherImages(s), [words, indices], [{ length: s.batch * s.pixels }]);
      expectClose(out!, gatherReference(s, bytes, indices), { abs: 2e-7 });
    });
  });

  it.each([12, 5])('an index beyond the data takes the last image (%i pixels)', async (pixels) => {
    const { words, bytes } = images(3, pixels);
    const s = { count: 3, pixels, batch: 4 };
    const indices = Uint32Array.of(3, 1, 0xffffffff, 1000);
    const [out] = await rig.run(gatherImages(s), [words, indices], [{ length: 4 * pixels }]);
    expectClose(out!, gatherReference(s, bytes, [2, 1, 2, 2]), { abs: 2e-7 });
  });

  it('scale and shift are parameters', async () => {
    const { words, bytes } = images(2, 8);
    const s = { count: 2, pixels: 8, batch: 1, scale: 1 / 255, shift: 0.25 };
    const [out] = await rig.run(gatherImages(s), [words, Uint32Array.of(1)], [{ length: 8 }]);
    expectClose(out!, gatherReference(s, bytes, [1]), { abs: 2e-7 });
  });
});
