import { conv2d } from './kx/gemm/conv2d.ts';
import { conv2dInputGrad } from './kx/gemm/conv2d-input-grad.ts';
import { conv2dWeightGrad } from './kx/gemm/conv2d-weight-grad.ts';
import { registerTile } from './kx/gemm/register-tile.ts';
import { conv2dSizes, NO_EPILOGUE } from './kx/index.ts';
import { openGpu } from '../packages/tensor/src/platform/index.ts';
const [,, word, robust, tests] = process.argv;
const { gpu, close } = await openGpu({ adapter: word!, robustness: robust === 'on' });
const shapes = { main: { batch: 16, height: 14, width: 14, inChannels: 64, outHeight: 7, outWidth: 7, outChannels: 128, kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 },
 one: { batch: 32, height: 28, width: 28, inChannels: 1, outHeight: 14, outWidth: 14, outChannels: 64, kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 } };
const filled = (length: number) => { const b = gpu.createBuffer({ size: 4 * length, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true }); new Float32Array(b.getMappedRange()).fill(0.25); b.unmap(); return b; };
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const fams = { conv: [conv2d, 'x', 'w', 'y'], ig: [conv2dInputGrad, 'y', 'w', 'x'], wg: [conv2dWeightGrad, 'x', 'y', 'w'] } as const;
const jobs = [];
for (const t of tests!.split(';')) {
  const [sn, fn, tiles] = t.split(':') as [keyof typeof shapes, keyof typeof fams, string];
  for (const tile of tiles.split(',')) {
    const [rows, columns, kWidth, most] = tile.split('x').map(Number) as [number, number, 1 | 4, 1 | 4];
    const s = shapes[sn], [build, i0, i1, o] = fams[fn], z = conv2dSizes(s);
    const g = build(s, NO_EPILOGUE, kWidth);
    const parts = fn === 'wg' && sn === 'one' ? 16 : 1;
    const kernel = registerTile('t', g, { rows, columns }, most ?? kWidth, parts);
    const bufs = [filled(z[i0]), filled(z[i1]), filled(z[o] * parts)];
    const u = cpu();
    const pipeline = await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module: gpu.createShaderModule({ code: kernel.code }), entryPoint: 'main' } });
    const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: bufs.map((buffer, binding) => ({ binding, resource: { buffer } })) });
    const run = async (n: number) => { const e = gpu.createCommandEncoder(); const p = e.beginComputePass(); p.setPipeline(pipeline); p.setBindGroup(0, group); for (let i = 0; i < n; i++) p.dispatchWorkgroups(...kernel.workgroups); p.end(); gpu.queue.submit([e.finish()]); await gpu.queue.onSubmittedWorkDone(); };
    await run(1);
    jobs.push({ label: `${sn} ${fn} ${tile}`, run, compile: cpu() - u, flops: 2 * s.batch * s.outHeight * s.outWidth * s.outChannels * 16 * s.inChannels / 1e6, best: Infinity, wall: Infinity });
  }
}
for (let r = 0; r < 7; r++) for (const j of jobs) { const t = cpu(), w = performance.now(); await j.run(2); j.best = Math.min(j.best, (cpu() - t) / 2); j.wall = Math.min(j.wall, (performance.now() - w) / 2); }
for (const j of jobs) console.log(j.label.padEnd(24), 'compile+first', j.compile.toFixed(0).padStart(5), 'run', j.best.toFixed(1).padStart(6), 'cpu ms', (j.flops / j.best).toFixed(2), 'nominal GF/s/core; wall', (j.flops / j.wall).toFixed(2));
close();
