import { build } from 'esbuild';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
const run = async (name, re, extra={}) => {
  const r = await build({ entryPoints:['web/scratch-min.ts'], bundle:true, write:false, format:'esm', platform:'browser', conditions:['source'], minify:true, logLevel:'silent',
   plugins: re ? [{name:'stub', setup(b){ b.onLoad({filter: re}, (a)=>{ const t=readFileSync(a.path,'utf8'); const names=[...t.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)].map(m=>m[1]); return {contents: names.map(n=>`export const ${n}=0;`).join('\n'), loader:'js'} }) }}]:[], ...extra });
  const t=r.outputFiles[0].contents; console.log(name, t.length, gzipSync(t,{level:9}).length, brotliCompressSync(t).length);
};
await run('base');
await run('target es2022', null, {target:'es2022'});
for (const [n,re] of Object.entries({
 matrix:/gemm\/subgroup-matrix|runtime\/matrix-units/, grouped:/grouped-conv\/(forward|input|weight|lanes)/, shipped:/tuning\/shipped/, models:/models\/(acgan|cgan|projection|minibatch|mlp|conditional)/, verify:/capture\/verify/, profile:/runtime\/(profile|dispatch-timers|roofline|attribute)/, summary:/nn\/summary/, gpuonly:/double-buffer|workgroup-tile/, scan:/kernels-wgsl\/src\/scan/, movement:/movement\/(concat|gather|lins|scat|unsl)/, softmax:/softmax\/kernel/, random:/kernels-wgsl\/src\/random|threefry/, augment:/diff-augment|gradient-penalty|feature-matching/, errs:/nn\/(orthogonal|spectral-norm|norm)/, rms:/optim\/(rmsprop|loss-scale)/, log:/capture\/log/, columns:/conv2d-columns/ , tensorops:/ops\/(trigonometry|erfinv|windows|scan|range|indexing|logic)\./, tableprint:/print\/table/}) ) await run(n,re).catch(e=>console.log(n,'failed',e.errors?.[0]?.text));
