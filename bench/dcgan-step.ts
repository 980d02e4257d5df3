/**
 * Time of one DCGAN training step (28×28, both Adams) and what it consists of:
 *   npx tsx -C source bench/dcgan-step.ts --adapter llvmpipe --width 64 --batch 64 --steps 10 [--plan] [--json FILE]
 * The first step is apart: drivers compile when a pipeline first runs. Each step is waited for, so a time includes one readback.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { batchIndices, createTrainer, loadMnist } from '@ganvas/gan';
import { openDevice, printPlan } from '@ganvas/tensor';

const { values } = parseArgs({
  options: {
    adapter: { type: 'string', default: 'auto' },
    width: { type: 'string', default: '64' },
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '10' },
    robustness: { type: 'boolean', default: false },
    plan: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const [width, batch, steps] = [values.width, values.batch, values.steps].map(Number) as [number, number, number];

const device = await openDevice({ adapter: values.adapter, robustness: values.robustness });
const data = loadMnist('train');
const trainer = createTrainer(device, { steps, batch, width, size: 28, lr: 2e-4, seed: 1 }, data);
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const step = (i: number) => trainer.step(batchIndices({ seed: 1, count: data.count, batch, step: i }));

const compile = await timed(() => trainer.prepare());
const first = await timed(() => step(0));
const times: number[] = [];
for (let i = 1; i <= steps; i++) times.push(await timed(() => step(i)));
times.sort((a, b) => a - b);
const quantile = (q: number) => times[Math.round(q * (times.length - 1))]!;

const plan = trainer.trainStep.plan!;
const total = (key: 'flops' | 'bytes') => plan.dispatches.reduce((sum, d) => sum + d.kernel.cost[key], 0);
const median = quantile(0.5);
const result = {
  date: new Date().toISOString().slice(0, 10),
  adapter: device.adapter.name,
  driver: device.adapter.driver,
  processors: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
  node: process.version,
  robustness: values.robustness,
  case: { net: 'DCGAN 28×28', width, batch, steps },
  dispatches: plan.dispatches.length,
  buffers: plan.slots.length,
  plannedBytes: plan.slots.reduce((a, b) => a + b, 0),
  unplannedBytes: plan.unplannedBytes,
  gflop: total('flops') / 1e9,
  gigabytes: total('bytes') / 1e9,
  ms: { compile, first, median, p25: quantile(0.25), p75: quantile(0.75) },
  gflops: total('flops') / median / 1e6,
};
if (values.plan) console.log(printPlan(plan));
console.log(JSON.stringify(result, null, 2));
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
device.close();
