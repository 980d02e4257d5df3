import { openDevice, printPlan } from '@ganvas/tensor';
import { createTrainer } from '@ganvas/gan';
const device = await openDevice({ adapter: process.argv[2] ?? 'llvmpipe', robustness: false });
const w = Number(process.argv[3] ?? 64);
const t = createTrainer(device, { steps: 1, batch: 64, width: w, size: 28, lr: 2e-4, seed: 1 }, { images: new Uint8Array(1000 * 784).map((_, i) => (i * 7919) % 256), count: 1000 });
console.time('prepare'); await t.prepare(); console.timeEnd('prepare');
const plan = t.trainStep.plan!;
if (process.argv[4]) console.log(printPlan(plan));
console.log('gflop', plan.dispatches.reduce((a, d) => a + d.kernel.cost.flops, 0) / 1e9, 'MB', plan.dispatches.reduce((a, d) => a + d.kernel.cost.bytes, 0) / 1e6, plan.dispatches.length);
const idx = new Uint32Array(64).map((_, i) => i);
const times: number[] = [];
for (let i = 0; i < 6; i++) { const s = performance.now(); await t.step(idx); times.push(performance.now() - s); }
console.log(times.map((x) => x.toFixed(0)).join(' '));
device.close();
