import { applyScalar, constant, operand, NO_EPILOGUE, conv2dCandidates, conv2dInputGradCandidates, conv2dWeightGradCandidates, conv2dSizes } from '@ganvas/kernels-wgsl';
import { openGpu } from '../packages/tensor/src/platform/index.ts';
const { gpu, adapter, close } = await openGpu({ adapter: process.argv[2]! });
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const filled = (length: number) => { const b = gpu.createBuffer({ size: 4 * length, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true }); new Float32Array(b.getMappedRange()).fill(0.25); b.unmap(); return b; };
const shapes = { main: { batch: 16, height: 14, width: 14, inChannels: 64, outHeight: 7, outWidth: 7, outChannels: 128, kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 },
 one: { batch: 32, height: 28, width: 28, inChannels: 1, outHeight: 14, outWidth: 14, outChannels: 64, kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 } };
const sum = applyScalar('add', operand(0), operand(1));
const leaky = { expr: applyScalar('maximum', sum, applyScalar('mul', sum, constant(0.2))), operands: [{ type: 'f32' as const, row: false, column: true, size: 0 }] };
const jobs = [];
for (const [sn, s] of Object.entries(shapes)) { const z = conv2dSizes(s);
for (const [name, cands, ins, out, cols] of [['conv', conv2dCandidates, [z.x, z.w], z.y, s.outChannels], ['ig', conv2dInputGradCandidates, [z.y, z.w], z.x, s.inChannels], ['wg', conv2dWeightGradCandidates, [z.x, z.y], z.w, s.outChannels]] as const) {
 if (sn === 'one' && name === 'ig') continue;
for (const old of ['known', 'unknown', 'epilogue']) {
const epi = old === 'epilogue' ? { ...leaky, operands: [{ ...leaky.operands[0]!, size: cols }] } : NO_EPILOGUE;
for (const c of cands(s, epi, adapter.class).slice(0, 2)) {
  const kernel = c.stages[0]!.kernel;
  const code = old === 'known' ? kernel.code.replace(/let none = .*/, '').replaceAll(' + none', '') : kernel.code;
  const u = cpu();
  const pipeline = await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module: gpu.createShaderModule({ code }), entryPoint: 'main' } });
  const bufs = c.stages[0]!.slots.map((sl) => filled(sl.kind === 'input' ? ins[sl.index]! : sl.kind === 'output' ? out : sl.kind === 'temp' ? c.temps[0]! : cols));
  const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: bufs.map((buffer, binding) => ({ binding, resource: { buffer } })) });
  const run = async (times: number) => { const e = gpu.createCommandEncoder(); const p = e.beginComputePass(); p.setPipeline(pipeline); p.setBindGroup(0, group); for (let i = 0; i < times; i++) p.dispatchWorkgroups(...kernel.workgroups); p.end(); gpu.queue.submit([e.finish()]); await gpu.queue.onSubmittedWorkDone(); };
  await run(1);
  jobs.push({ label: `${sn} ${name} ${c.name} ${old}`, compile: cpu() - u, run, flops: 2 * s.batch * s.outHeight * s.outWidth * s.outChannels * 16 * s.inChannels / 1e6, best: Infinity });
}}}}
for (let r = 0; r < 6; r++) for (const j of jobs) { const t = cpu(); await j.run(2); j.best = Math.min(j.best, (cpu() - t) / 2); }
for (const j of jobs) console.log(j.label.padEnd(40), 'compile+first', j.compile.toFixed(0).padStart(5), 'run', j.best.toFixed(2), (j.flops / j.best).toFixed(2));
close();
