import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { launchBrowser } from './test/browser/launch.ts';
const T: any = {'.html':'text/html','.js':'text/javascript','.css':'text/css','.svg':'image/svg+xml'};
const server = createServer((q, r) => { try { const p = '/tmp/w3/dist' + (q.url === '/' ? '/index.html' : q.url!.split('?')[0]); const b = readFileSync(p); r.setHeader('content-type', T[extname(p)] ?? 'application/octet-stream').end(b);} catch { r.writeHead(404).end(); } });
await new Promise<void>(r => server.listen(0, '127.0.0.1', () => r()));
const url = `http://localhost:${(server.address() as any).port}/`;
const browser: any = await launchBrowser();
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const [what = 'invocation'] = process.argv.slice(2);
for (const [w, h, scheme] of [[1200, 900, 'light'], [390, 844, 'dark']] as const) {
  const page = await browser.newPage({ viewport: { width: w, height: h }, colorScheme: scheme });
  page.on('console', (m: any) => console.log('console', m.type(), m.text().slice(0, 300)));
  page.on('pageerror', (e: any) => console.log('pageerror', String(e.stack ?? e).slice(0, 600)));
  await page.goto(url + '#/' + what);
  try {
  if (what.startsWith('invocation')) {
    await page.waitForSelector('.code', { timeout: 30000 });
    for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowRight');
    await page.locator('button:has-text("Step")').focus();
    for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowRight');
  } else {
    await page.waitForSelector('.graph svg .node', { timeout: 60000 });
    await page.waitForFunction('document.querySelector("#at")?.textContent?.includes("of")', undefined, { timeout: 90000 });
    if (process.argv[4]) { await page.selectOption('#example', { index: Number(process.argv[4]) }); await page.waitForTimeout(4000); }
    const n = Number(process.argv[3] ?? 8);
    await page.locator('button:has-text("Step")').focus();
    for (let i = 0; i < n; i++) await page.keyboard.press('ArrowRight');
  }
  } catch (e) { console.log(String(e).slice(0, 300)); }
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate('axe.run()');
  for (const v of violations) console.log('axe', v.id, v.nodes.slice(0, 4).map((n: any) => n.target.join() + ' ' + n.failureSummary?.slice(0, 200)).join(' | '));
  console.log(w, await page.evaluate('document.documentElement.scrollWidth'));
  await page.screenshot({ path: `/tmp/w3/${what.split('/')[0]}-${w}-${scheme}.png`, fullPage: true });
}
await browser.close(); server.close();
