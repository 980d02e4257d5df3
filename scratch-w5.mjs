import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { chromium as pw } from 'playwright-core';
import sp from '@sparticuz/chromium';
import { readFileSync } from 'node:fs';
const types = {'.html':'text/html','.js':'text/javascript','.css':'text/css','.svg':'image/svg+xml'};
const server = createServer(async (q,s)=>{ try { const p = q.url.split('?')[0]; const f = await readFile(join('/tmp/w5/dist', p==='/'?'index.html':p)); s.setHeader('content-type', types[p==='/'?'.html':extname(p)]??'application/octet-stream').end(f);} catch { s.statusCode=404; s.end(); } });
await new Promise(r=>server.listen(0,'127.0.0.1',r));
const url = `http://localhost:${server.address().port}/`;
const browser = await pw.launch({executablePath: await sp.executablePath(), args:['--headless=new','--no-sandbox','--enable-unsafe-webgpu','--use-webgpu-adapter=swiftshader','--enable-features=Vulkan'], ignoreDefaultArgs:['--headless','--disable-gpu']});
export async function open(hash, {width=1200,height=900,dark=false}={}) {
  const context = await browser.newContext({viewport:{width,height}, colorScheme: dark?'dark':'light', acceptDownloads:true});
  const page = await context.newPage();
  page.on('console', m=>console.log('console', m.type(), m.text()));
  page.on('pageerror', e=>console.log('pageerror', e.message));
  await page.goto(url+hash);
  return page;
}
export async function axe(page){ await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js','utf8')); const r = await page.evaluate(()=>axe.run()); for (const v of r.violations) console.log('axe', v.id, v.help, v.nodes.slice(0,3).map(n=>n.html.slice(0,160)+' '+n.failureSummary)); }
export const done = async()=>{ await browser.close(); server.close(); process.exit(0); };
