import { openDevice } from '@ganvas/tensor';
import { openPeers } from './bench/peers/index.ts';
import { openProgram } from './bench/program-work.ts';
import { requirePackage } from './bench/peers/packages.ts';
const tf = requirePackage('@tensorflow/tfjs') as any;
const device = await openDevice({ adapter: 'llvmpipe' });
const { name, backend } = device.adapter;
const peers = await openPeers({ name, backend, robustness: true }, ['tfjs-webgpu', 'tfjs-wasm']);
for (const dropout of [0, 0.3]) {
  const problem = { op: 'acgan-script', width: 2, batch: 4, dropout } as const;
  const work = openProgram(device, { name: 'x', problem, kernel: null, quick: true, gpuOnly: false }, null);
  await work.prepare();
  const show = (r: ArrayLike<number>) => `${r.length} ` + Array.from(r).slice(400, 403).concat(Array.from(r).slice(-48, -44), Array.from(r).slice(-4)).map((v) => v.toPrecision(7)).join(' ');
  for (let i = 0; i < 3; i++) { work.run(1); console.log('ganvas', show(await work.result())); }
  for (const w of await peers.open(problem)) {
    const before = tf.memory().numTensors;
    await w.prepare();
    for (let i = 0; i < 3; i++) { await w.finish(); w.run(1); await w.finish(); console.log(w.engine, show(await w.result()), tf.memory().numTensors - before); }
    w.close();
    console.log('left', tf.memory().numTensors - before);
  }
}
process.exit(0);
