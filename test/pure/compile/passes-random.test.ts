/** Passes change no value: random programs in float64, as recorded and as compiled by all passes, by all but one, and by one alone. */
import { type Device, PASSES, type Pass, printProgram, setDefaultDevice } from '@ganvas/tensor';
import fc from 'fast-check';
import { transform } from '../../../packages/tensor/src/compile/compile.ts';
import { expectClose } from '../../gpu/rig.ts';
import { type Interpretation, interpret } from '../../interpreter.ts';
import { follow, recipes, World } from '../../random-programs.ts';
import { fakeDevice } from './fake-device.ts';
import { interpretGraph } from './interpret-graph.ts';
import { record } from './record.ts';

let device: Device;
beforeAll(() => {
  device = fakeDevice();
  setDefaultDevice(device);
});
afterAll(() => setDefaultDevice(null));

const WAYS: [way: string, passes: readonly Pass[]][] = [
  ['all passes', PASSES],
  ['no pass', []],
  ...PASSES.map((off): [string, Pass[]] => [`all but ${off}`, PASSES.filter((pass) => pass !== off)]),
  ...PASSES.map((pass): [string, Pass[]] => [`${pass} alone`, [pass]]),
];

it.each(WAYS)('%s: outputs and states are those of the program', (way, passes) => {
  let [recorded, compiled] = [0, 0];
  fc.assert(
    fc.property(recipes(16), fc.integer({ min: 4, max: 10 }), (recipe, bindings) => {
      const world = new World();
      const recording = record(() => follow(recipe, world));
      const before = new Map([...recording.externals].map(([id, t]) => [id, world.contents(t)]));
      const graph = transform(recording.program, { ...device.traits, bindings }, { passes });
      recorded += recording.program.nodes.length;
      compiled += graph.works.length;
      try {
        expectSame(interpretGraph(recording, graph, before), interpret(recording, before));
      } catch (error) {
        const works = graph.works.map((work) => JSON.stringify(work)).join('\n');
        throw new Error(`${(error as Error).message}\n${printProgram(recording.program)}\n${works}`);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
  if (way === 'all passes') expect(compiled).toBeLessThan(0.4 * recorded);
});

/** Sums may be added up in another order, and no more than that. */
function expectSame(actual: Pick<Interpretation, 'outputs' | 'externals'>, expected: Interpretation): void {
  const tolerance = { abs: 1e-12 * Math.max(1, expected.largest) };
  expect(actual.outputs.length).toBe(expected.outputs.length);
  for (const [i, values] of expected.outputs.entries())
    expectClose(actual.outputs[i]!, values, tolerance, `output ${i}`);
  for (const [id, values] of expected.externals)
    expectClose(actual.externals.get(id)!, values, tolerance, `%${id} afterwards`);
}
