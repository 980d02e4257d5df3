import { candidate, PEAK_SIZE, peakKernels, Rng, STREAM_BYTES, slot, streamKernels } from '@ganvas/kernels-wgsl';
import { expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const run = async (kernel: ReturnType<typeof streamKernels>[number], src: Float32Array, length: number) => {
  const slots = [slot.input(0), slot.output(0)];
  const one = candidate(kernel.name, 'A ceiling.', () => ({ stages: [{ kernel, slots }] }));
  const [out] = await rig.run(one, [src], [{ length }]);
  return out as Float32Array;
};

/** A kernel that left something out would be a ceiling that none reaches. */
it('streams move all that their rate is told of', async () => {
  const bytes = STREAM_BYTES.swiftshader[0]!;
  const src = new Rng(1).normals(bytes / 4);
  const names = [];
  for (const kernel of streamKernels(bytes)) {
    const [family, name] = kernel.name.split('/') as ['copy' | 'read', string];
    const each = Number.parseInt(name, 10);
    names.push(family);
    const read = family === 'copy' ? bytes / 8 : bytes / 4;
    const written = kernel.cost.bytes / 4 - read;
    const out = await run(kernel, src.subarray(0, read), written);
    if (family === 'copy') expect(out.findIndex((value, i) => value !== src[i])).toBe(-1);
    else {
      // Invocation i of a workgroup of 64 sums the vec4s i, i + 64, …, of its workgroup's.
      const sums = new Float64Array(written);
      for (let at = 0; at < read; at++)
        sums[64 * Math.floor(at / (256 * each)) + (Math.floor(at / 4) % 64)]! += src[at]!;
      expectClose(out, sums, { rel: 1e-5, abs: 1e-4 }, kernel.name);
    }
  }
  expect(new Set(names)).toEqual(new Set(['copy', 'read']));
});

it('chains add up', async () => {
  const { invocations, rounds } = PEAK_SIZE.swiftshader;
  const [a, b] = [1, 0.5];
  for (const kernel of peakKernels('swiftshader')) {
    const chains = kernel.cost.flops / 2 / 4 / invocations / rounds;
    const out = await run(kernel, Float32Array.of(a, b), invocations);
    const grown = 4 * rounds * b * 1e-7;
    const expected = Float64Array.from({ length: invocations }, (_, i) =>
      Array.from({ length: chains }, (_, c) => i + c + grown).reduce((x, y) => x + y),
    );
    expectClose(out, expected, { rel: 1e-5, abs: 1e-4 }, kernel.name);
  }
});
