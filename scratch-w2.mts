import chromiumPack from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
const others = /(invocation|autodiff|train|ring)\/section\.ts$/;
await build({ root: 'web', logLevel: 'error', plugins: [{ name: 'alone', enforce: 'pre', load: (id: string) => others.test(id) ? 'export const open = () => undefined;' : null }], build: { outDir: '/tmp/w2/dist', sourcemap: false, emptyOutDir: true } });
const server = await preview({ root: 'web', build: { outDir: '/tmp/w2/dist' }, preview: { port: 4392 } });
const page0 = { url: 'http://localhost:4392/', close: () => void server.close() };
const browser = await chromium.launch({ executablePath: await chromiumPack.executablePath(), args: ['--headless=new','--no-sandbox','--enable-unsafe-webgpu','--use-webgpu-adapter=swiftshader','--enable-features=Vulkan'] });
const shoot = async (name: string, width: number, dark: boolean, hash: string, act?: (p: any) => Promise<void>) => {
  const p = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' });
  p.on('console', (m) => { if (m.type() === 'error' || m.type()==='warning') console.log(name, m.type(), m.text(), m.location().url); });
  p.on('pageerror', (e) => console.log(name, 'pageerror', e.message, e.stack));
  await p.goto(page0.url + hash);
  await p.waitForSelector('.ladder td', { timeout: 30000 });
  try { await p.waitForFunction(() => document.querySelector('.drawn')!.textContent!.includes('Thread'), null, { timeout: 30000 });
  if (act) await act(p); } catch (e) { console.log(name, String(e)); }
  await p.screenshot({ path: `/tmp/w2/${name}.png`, fullPage: true });
  console.log(name, await p.locator('.drawn').textContent(), await p.locator('.answer').textContent());
  await p.close();
};
const which = process.argv[2] ?? 'all';
if (which === 'all' || which === 'a') await shoot('matmul', 1200, false, '#/kernels/matmul', async (p) => {
  await p.getByRole('button', { name: 'Run the ladder' }).click();
  await p.waitForFunction(() => [...document.querySelectorAll('.ladder + *, .tools output')].some((o) => o.textContent!.includes('Your adapter')), null, { timeout: 120000 });
});
if (which === 'all' || which === 'b') await shoot('matmul-7', 1200, true, '#/kernels/matmul/7-large-workgroup-tile', async (p) => {
  await p.getByRole('checkbox').check();
  await p.getByRole('button', { name: 'Run', exact: true }).click();
  await p.waitForFunction(() => /Right|Wrong|:/.test(document.querySelector('.answer')!.textContent!) , null, { timeout: 60000 });
});
if (which === 'all' || which === 'c') await shoot('conv-phone', 390, false, '#/kernels/conv2d/3-vec4');
if (which === 'all' || which === 'd') for (const f of ['conv2d-input-grad','conv2d-weight-grad','reduce-sum','moments','adam']) await shoot(f, 1200, true, '#/kernels/' + f);
await browser.close(); page0.close();
