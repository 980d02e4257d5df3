import { conv2dCandidates, conv2dInputGradCandidates, conv2dWeightGradCandidates, matmulCandidates, conv2dReference, conv2dInputGradReference, conv2dWeightGradReference, matmulReference, conv2dSizes, NO_EPILOGUE } from '@ganvas/kernels-wgsl';
import { openRig, expectClose } from '/work/main/test/gpu/rig.ts';
const rig = await openRig();
const s = { batch: 3, height: 14, width: 13, inChannels: 8, outHeight: 7, outWidth: 7, outChannels: 12, kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 };
const rnd = (n: number) => Float32Array.from({ length: n }, () => Math.random() * 2 - 1);
const z = conv2dSizes(s); const x = rnd(z.x), w = rnd(z.w), y = rnd(z.y);
const print = process.argv[2];
for (const [name, cands, ref, ins] of [
  ['conv', conv2dCandidates, conv2dReference, [x, w]],
  ['ig', conv2dInputGradCandidates, conv2dInputGradReference, [y, w]],
  ['wg', conv2dWeightGradCandidates, conv2dWeightGradReference, [x, y]]] as const) {
  const want = ref(s, ins[0], ins[1]);
  for (const c of cands(s, NO_EPILOGUE, rig.adapterClass)) {
    if (print === name + '/' + c.name) for (const st of c.stages) console.log(st.kernel.code, st.kernel.workgroups);
    const t = performance.now();
    try { const [got] = await rig.run(c, [...ins], [{ length: want.length }]); expectClose(got!, want, { rel: 1e-4, abs: 1e-4 }); console.log(name, c.name, c.stages.length, 'ok', (performance.now() - t).toFixed(0)); }
    catch (e) { console.log(name, c.name, (e as Error).message.slice(0, 1500)); }
  }
}
rig.close(); process.exit(0);
