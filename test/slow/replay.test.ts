/** 10,000 steps of a small training program: nothing is allocated on the device, and nothing stays on the JS heap. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, reshape, type Tensor } from '@ganvas/tensor';
import { useDevice } from '../gpu/device.ts';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const device = useDevice();

const STEPS = 10_000;
/** Bytes; a step that left one object behind would leave a hundred bytes or more, so a megabyte in all. */
const SLACK = 256 * 2 ** 10;

interface Held {
  buffers: number;
  bindGroups: number;
  inUse: number;
}

const heldNow = (): Held => {
  const { statistics, pool } = device();
  return { buffers: statistics.buffers, bindGroups: statistics.bindGroups, inUse: pool.inUse };
};

function heapUsed(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Two layers, batch 8, Adam; batches are uploaded, losses logged. */
function training() {
  const rng = new Rng(1);
  const net = nn.sequential({ a: nn.linear(2, 16, { rng }), tanh: nn.tanh, b: nn.linear(16, 1, { rng }) });
  const parameters = Object.values(net.parameters);
  const optimizer = adam(parameters, { lr: 0.01 });
  const step = capture((points: Tensor) => {
    const loss = nn.bceWithLogits(net.forward(reshape(points, [8, 2])), 1);
    optimizer.step(grad(loss, parameters));
    return loss;
  });
  const batch = rng.normals(16);
  return { step, batch, optimizer };
}

it.each([
  ['calls', 1],
  ['repeats of 100', 100],
])(`${STEPS} steps as %s leave nothing behind`, async (_, runs) => {
  const { step, batch, optimizer } = training();
  const inputs = new Float32Array(runs * batch.length);
  for (let i = 0; i < runs; i++) inputs.set(batch, i * batch.length);
  const log = step.log({ every: Math.max(16, runs) });
  let rows = 0;
  let [first, last] = [Number.NaN, Number.NaN];
  const take = (losses: readonly ArrayLike<number>[]) => {
    rows += losses.length;
    if (rows === losses.length && losses[0]) first = losses[0][0]!;
    if (losses.length > 0) last = losses.at(-1)![0]!;
  };
  const train = async (steps: number) => {
    for (let done = 0; done < steps; done += runs) {
      step.repeat(runs, inputs);
      take(await log.arrived());
    }
    take(await log.flush());
  };

  await train(Math.max(10, 3 * runs)); // every page of the log is there
  const before = heldNow();
  await train(1000); // code is compiled, caches of the engine's and of Dawn's bindings are full
  const heap = heapUsed();
  await train(STEPS - rows);
  expect(rows).toBe(STEPS);
  expect(heldNow()).toEqual(before);
  expect(heapUsed() - heap).toBeLessThan(SLACK);
  expect((await optimizer.state.hyper[0].data())[0]).toBe(STEPS);
  expect(first).toBeGreaterThan(0.3);
  expect(last).toBeLessThan(0.01);
});
