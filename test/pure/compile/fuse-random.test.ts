/** Fusion changes no value: random programs, interpreted in float64 as recorded and as fused. */
import { type Device, setDefaultDevice } from '@ganvas/tensor';
import fc from 'fast-check';
import { fuse } from '../../../packages/tensor/src/compile/fuse.ts';
import { prune } from '../../../packages/tensor/src/compile/prune.ts';
import { interpret } from '../../interpret.ts';
import { fakeDevice } from './fake-device.ts';
import { follow, makeLeaves, recipes } from './programs.ts';
import { record } from './record.ts';

let device: Device;
beforeAll(() => {
  device = fakeDevice();
  setDefaultDevice(device);
});
afterAll(() => setDefaultDevice(null));

it('outputs and states are the same, in fewer works', () => {
  let [recorded, fused] = [0, 0];
  fc.assert(
    fc.property(recipes(14), fc.integer({ min: 3, max: 8 }), (recipe, bindings) => {
      const leaves = makeLeaves(1);
      const { program, externals } = record(() => follow(recipe, leaves));
      const before = new Map(
        [...externals].map(([id, t]) => [id, Float64Array.from({ length: t.size }, (_, i) => Math.sin(id + i))]),
      );
      const asRecorded = interpret(program, before);
      const asFused = interpret(program, before, (graph) => {
        const result = fuse(prune(graph), { bindings });
        recorded += prune(graph).works.length;
        fused += result.works.length;
        return result;
      });
      expect(asFused.outputs.length).toBe(asRecorded.outputs.length);
      for (const [i, expected] of asRecorded.outputs.entries()) expectClose(asFused.outputs[i]!, expected);
      for (const id of externals.keys()) expectClose(asFused.memory.get(id)!, asRecorded.memory.get(id)!);
    }),
    { numRuns: 200, seed: 1 },
  );
  expect(fused).toBeLessThan(0.8 * recorded);
});

function expectClose(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((a, i) => {
    if (Math.abs(a - expected[i]!) > 1e-9 * (1 + Math.abs(expected[i]!)))
      throw new Error(`element ${i}: ${a} instead of ${expected[i]}`);
  });
}
