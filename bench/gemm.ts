/**
 * Times every rung of the GEMM core at a DCGAN's shapes (28 x 28 net, w = 64, batch 64).
 *
 *     npx tsx -C source bench/gemm.ts [--adapter WORD] [--no-robustness] [--only TEXT] [--rounds 7] [--ms 60]
 *
 * Rungs of a problem take turns, and of a rung's rounds the least and the median are printed: milliseconds, GFLOP/s of real
 * multiply-adds, and GFLOP/s a core by the process's own CPU time, which other work on the machine disturbs least.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import {
  type Candidate,
  type Conv2dShape,
  conv2dCandidates,
  conv2dInputGradCandidates,
  conv2dSizes,
  conv2dWeightGradCandidates,
  matmulCandidates,
  NO_EPILOGUE,
} from '@ganvas/kernels-wgsl';
import { openGpu } from '@ganvas/tensor';

const { values: options } = parseArgs({
  options: {
    adapter: { type: 'string', default: 'auto' },
    'no-robustness': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    ms: { type: 'string', default: '60' },
  },
});
const rounds = Number(options.rounds);

const { gpu, adapter, close } = await openGpu({ adapter: options.adapter, robustness: !options['no-robustness'] });
console.log(`${adapter.name}, robustness ${options['no-robustness'] ? 'off' : 'on'}, ${cpus().length} cores`);

const conv = (height: number, inChannels: number, outChannels: number): Conv2dShape => ({
  batch: 64,
  height,
  width: height,
  inChannels,
  outHeight: height / 2,
  outWidth: height / 2,
  outChannels,
  kernelHeight: 4,
  kernelWidth: 4,
  strideY: 2,
  strideX: 2,
  padTop: 1,
  padLeft: 1,
});

interface Problem {
  name: string;
  candidates: Candidate[];
  /** Elements of the two inputs and the output. */
  sizes: [number, number, number];
}

const problems: Problem[] = [];
for (const [label, shape] of [
  ['64x14x14x64 - 7x7x128', conv(14, 64, 128)],
  ['64x28x28x1 - 14x14x64', conv(28, 1, 64)],
] as const) {
  const { x, w, y } = conv2dSizes(shape);
  const { class: kind } = adapter;
  problems.push(
    { name: `conv2d ${label}`, candidates: conv2dCandidates(shape, NO_EPILOGUE, kind), sizes: [x, w, y] },
    { name: `input grad ${label}`, candidates: conv2dInputGradCandidates(shape, NO_EPILOGUE, kind), sizes: [y, w, x] },
    {
      name: `weight grad ${label}`,
      candidates: conv2dWeightGradCandidates(shape, NO_EPILOGUE, kind),
      sizes: [x, y, w],
    },
  );
}
for (const [m, k, n] of [
  [512, 512, 512],
  [64, 100, 6272],
  [64, 6272, 1],
] as const) {
  for (const [transposeA, transposeB] of [
    [false, false],
    [false, true],
    [true, false],
  ] as const) {
    // Of the dense layers, time what a training step asks for: y = x w, dx = dy wT, dw = xT dy.
    const [rows, columns, depth] = m === 512 ? [m, n, k] : transposeB ? [m, k, n] : transposeA ? [k, n, m] : [m, n, k];
    problems.push({
      name: `matmul ${rows}x${depth}x${columns}${transposeA ? ' aT' : ''}${transposeB ? ' bT' : ''}`,
      candidates: matmulCandidates(
        { m: rows, n: columns, k: depth, transposeA, transposeB },
        NO_EPILOGUE,
        adapter.class,
      ),
      sizes: [rows * depth, depth * columns, rows * columns],
    });
  }
}

const filled = (length: number) => {
  const buffer = gpu.createBuffer({ size: 4 * length, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true });
  const data = new Float32Array(buffer.getMappedRange());
  for (let i = 0; i < length; i++) data[i] = ((i * 2654435761) % 4096) / 4096 - 0.5;
  buffer.unmap();
  return buffer;
};

/** CPU milliseconds of this process, all threads. */
const cpuTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function prepare(candidate: Candidate, [a, b, c]: [GPUBuffer, GPUBuffer, GPUBuffer]) {
  const temps = candidate.temps.map(filled);
  const started = cpuTime();
  const stages = await Promise.all(
    candidate.stages.map(async ({ kernel, slots }) => {
      const module = gpu.createShaderModule({ code: kernel.code });
      const pipeline = await gpu.createComputePipelineAsync({
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
      const entries = slots.map(({ kind, index }, binding) => {
        const buffer = kind === 'output' ? c : kind === 'temp' ? temps[index]! : index === 0 ? a : b;
        return { binding, resource: { buffer } };
      });
      const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      return { pipeline, group, workgroups: kernel.workgroups };
    }),
  );
  const run = async (times: number) => {
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < times; i++)
      for (const { pipeline, group, workgroups } of stages) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...workgroups);
      }
    pass.end();
    gpu.queue.submit([encoder.finish()]);
    await gpu.queue.onSubmittedWorkDone();
  };
  // Some adapters compile when a pipeline is made, others when it first runs.
  await run(1);
  return { run, compile: cpuTime() - started, close: () => temps.map((t) => t.destroy()) };
}

async function time(run: (times: number) => Promise<void>, times: number) {
  const [wall, cpu] = [performance.now(), cpuTime()];
  await run(times);
  return { wall: (performance.now() - wall) / times, cpu: (cpuTime() - cpu) / times };
}

const least = (values: number[]) => Math.min(...values);
const median = (values: number[]) => values.toSorted((x, y) => x - y)[values.length >> 1]!;

for (const { name, candidates, sizes } of problems.filter((p) => p.name.includes(options.only))) {
  const buffers = sizes.map(filled) as [GPUBuffer, GPUBuffer, GPUBuffer];
  const rungs = [];
  for (const candidate of candidates) {
    if (options.adapter !== 'gpu' && adapter.software && candidate.name.startsWith('workgroup')) continue;
    const prepared = await prepare(candidate, buffers);
    const once = await time(prepared.run, 1);
    const times = Math.max(1, Math.round(Number(options.ms) / once.wall));
    rungs.push({ candidate, times, prepared, wall: [] as number[], cpu: [] as number[] });
  }
  for (let round = 0; round < rounds; round++)
    for (const rung of rungs) {
      const { wall, cpu } = await time(rung.prepared.run, rung.times);
      rung.wall.push(wall);
      rung.cpu.push(cpu);
    }
  console.log(`\n${name}`);
  for (const { candidate, prepared, wall, cpu } of rungs) {
    const flops = candidate.stages[0]!.kernel.cost.flops / 1e6;
    console.log(
      `  ${candidate.name.padEnd(22)} ${candidate.stages.length} dispatches` +
        `  ${least(wall).toFixed(2).padStart(8)} ms (median ${median(wall).toFixed(2)})` +
        `  ${(flops / least(wall)).toFixed(2).padStart(6)} GFLOP/s` +
        `  ${(flops / least(cpu)).toFixed(2).padStart(6)} a core` +
        `  compiled in ${prepared.compile.toFixed(0)} ms CPU`,
    );
    prepared.close();
  }
  for (const buffer of buffers) buffer.destroy();
}
close();
