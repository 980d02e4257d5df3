/** The frame of the built page: its contents, its parts by address, and what it says where there is no WebGPU. */
import type { Browser } from 'playwright-core';
import { type BuiltPage, serveBuiltPage } from '../browser/built-page.ts';
import { launchBrowser } from '../browser/launch.ts';
import { layoutShift } from '../browser/layout-shift.ts';
import { visit } from '../browser/visit.ts';

/** As a browser without it has it: no such property, and workers that cannot open a device either. */
const NO_WEBGPU = `
  delete Navigator.prototype.gpu;
  globalThis.Worker = class {
    constructor() { queueMicrotask(() => this.onmessage({ data: { kind: 'refused', reason: 'no WebGPU' } })); }
    terminate() {}
  };`;

describe('the page', () => {
  let browser: Browser | null = null;
  let built: BuiltPage;
  beforeAll(async () => {
    const launched = await launchBrowser();
    if ('noBrowser' in launched) return;
    browser = launched;
    built = await serveBuiltPage();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    built?.close();
  });

  it('leads to each of its parts, by pointer and by keyboard', async () => {
    if (!browser) return; // said in the log
    const { page, complaints, violations } = await visit(browser, built.url);
    const parts = await page.locator('nav a').allInnerTexts();
    expect(parts).toEqual(['Kernels', 'One invocation', 'Autodiff', 'Train', 'Ring']);
    expect(await page.locator('.cards h2').allInnerTexts()).toEqual(parts);
    expect(await violations()).toEqual([]);

    await page.locator('.cards a').nth(2).click();
    await page.waitForFunction(() => document.title === 'Autodiff · ganvas');
    expect(await page.locator('nav a[aria-current=page]').innerText()).toBe('Autodiff');

    await page.keyboard.press('Control+Home');
    await page.locator('nav a').first().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.title.startsWith('One invocation'));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(['kernels', 'train', 'ring'])('says what to do where there is no WebGPU, at %s', async (part) => {
    if (!browser) return;
    const { page, violations } = await visit(browser, `${built.url}#/${part}`, NO_WEBGPU);
    await page.getByRole('heading', { name: 'No WebGPU here' }).waitFor();
    const advice = await page.locator('main').innerText();
    for (const name of ['Chrome', 'Safari', 'Firefox']) expect(advice).toContain(name);
    expect(await violations()).toEqual([]);
    await page.close();
  });

  /** Lighthouse calls a shift of up to 0.1 good. */
  it.each(['', 'kernels', 'invocation', 'autodiff', 'train', 'ring'])(
    'keeps its place while "%s" opens, wide and narrow',
    async (part) => {
      if (!browser) return;
      for (const width of [1200, 390]) {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        await page.goto(`${built.url}#/${part}`);
        await page.locator('h1').first().waitFor();
        await page.waitForTimeout(4000);
        expect(await page.evaluate(layoutShift)).toBeLessThan(0.1);
        await page.close();
      }
    },
  );
});
