import { conv2dCandidates, conv2dInputGradCandidates, conv2dWeightGradCandidates, matmulCandidates, NO_EPILOGUE, conv2dSizes } from '@ganvas/kernels-wgsl';
import { openGpu } from '../packages/tensor/src/platform/index.ts';
const [,, word, robust, rungs = 'register', fams = 'conv,ig,wg', mods = ''] = process.argv;
const { gpu, adapter, close } = await openGpu({ adapter: word!, robustness: robust === 'on' });
const s = { batch: 16, height: 14, width: 14, inChannels: 64, outHeight: 7, outWidth: 7, outChannels: 128, kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 };
const z = conv2dSizes(s);
const filled = (length: number) => { const b = gpu.createBuffer({ size: 4 * length, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true }); new Float32Array(b.getMappedRange()).fill(0.25); b.unmap(); return b; };
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const MODS: Record<string, (c: string) => string> = {
  '': (c) => c,
  fma: (c) => c.replace(/(acc\d_\d) \+= (\w+\.\w) \* (\w+);/g, '$1 = fma(vec4f($2), $3, $1);'),
  nomask: (c) => c.replace(/return select\(vec4f\(\), (x\[.*\]), inside\);/, 'return $1;').replace('return select(vec4f(), dy[', 'return dy[').replace(', base >= 0);', ';'),
  roll: (c) => c,
};
for (const [name, cands, ins, out] of [ ['conv', conv2dCandidates, [z.x, z.w], z.y], ['ig', conv2dInputGradCandidates, [z.y, z.w], z.x], ['wg', conv2dWeightGradCandidates,[z.x,z.y],z.w]] as const)
  for (const c of cands(s, NO_EPILOGUE, adapter.class)) for (const mod of mods.split(',')) {
    if (!c.name.startsWith(rungs) || !fams.includes(name)) continue;
    const kernel = c.stages[0]!.kernel;
    const bufs = [filled(ins[0]), filled(ins[1]), filled(c.temps[0] ?? out)];
    const u = cpu();
    const pipeline = await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module: gpu.createShaderModule({ code: MODS[mod]!(kernel.code) }), entryPoint: 'main' } });
    const m0 = cpu() - u;
    const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: bufs.map((buffer, binding) => ({ binding, resource: { buffer } })) });
    const run = async (n: number) => { const e = gpu.createCommandEncoder(); const p = e.beginComputePass(); p.setPipeline(pipeline); p.setBindGroup(0, group); for (let i = 0; i < n; i++) p.dispatchWorkgroups(...kernel.workgroups); p.end(); gpu.queue.submit([e.finish()]); await gpu.queue.onSubmittedWorkDone(); };
    await run(1); const m1 = cpu() - u;
    let best = Infinity, wall = Infinity;
    for (let r = 0; r < 5; r++) { const t = cpu(), w = performance.now(); await run(2); best = Math.min(best, (cpu() - t) / 2); wall = Math.min(wall, (performance.now() - w) / 2); }
    const nominal = 2 * s.batch * 49 * 128 * 1024 / 1e6;
    console.log(name, c.name, mod, 'parts', kernel.workgroups[2], 'pipeline', m0.toFixed(0), 'first', m1.toFixed(0), 'cpu ms; run', best.toFixed(1), 'cpu ms', (nominal / best).toFixed(2), 'GF/s/core nominal; wall', (nominal / wall).toFixed(2));
    bufs.forEach((b) => { b.destroy(); });
  }
close();
