/** The section Ring of the built page, in a real Chromium: in a worker, and in the page where workers have no WebGPU. */
import type { Browser, Page } from 'playwright-core';
import { type BuiltPage, serveBuiltPage } from '../browser/built-page.ts';
import { launchBrowser } from '../browser/launch.ts';
import { liveRun } from '../browser/live-run.ts';
import { poll } from '../browser/poll.ts';
import { visit } from '../browser/visit.ts';

/** A browser whose workers end at once. */
const NO_WORKERS = `globalThis.Worker = class {
  constructor() { queueMicrotask(() => this.onerror(new Event('error'))); }
  terminate() {}
};`;

describe('the section Ring', () => {
  let browser: Browser | null = null;
  let built: BuiltPage;
  beforeAll(async () => {
    const launched = await launchBrowser();
    if ('noBrowser' in launched) return;
    browser = launched;
    built = await serveBuiltPage();
  }, 180_000);
  afterAll(async () => {
    if (!browser) return;
    await browser.close();
    built.close();
  });

  const PLANE = 'canvas.plane';
  /** A picture of the run before is none of the next one's. */
  const renew = async (page: Page) => {
    const { button, drawn, ready } = liveRun(page);
    await page.locator(PLANE).evaluate((canvas) => canvas.removeAttribute('data-step'));
    await button('New run').click();
    await drawn(PLANE, 0);
    await ready();
  };

  /** Steps, trains to `steps`, pauses, begins anew. @returns what the first step told */
  async function play(page: Page, steps: number): Promise<number[]> {
    const { button, ready, drawn, step, numbers, pixels, shows } = liveRun(page);
    await ready();
    await drawn(PLANE, 0);
    const begun = await pixels(PLANE);
    await button('One step').click();
    await drawn(PLANE, 1);
    const first = await numbers();
    expect(first.filter(Number.isFinite)).toHaveLength(4);
    await button('Train').click();
    await poll(`${steps} steps`, async () => (await step()) >= steps);
    await button('Pause').click();
    await ready();
    const paused = await step();
    await page.waitForTimeout(500);
    expect(await step()).toBe(paused);
    expect(await pixels(PLANE)).not.toBe(begun);
    await renew(page);
    await shows(PLANE, begun);
    return first;
  }

  it('plays the same game in a worker and in the page', async () => {
    if (!browser) return;
    const reports: number[][] = [];
    for (const [where, before] of [
      ['in a worker', undefined],
      ['in slices of this page’s own thread', NO_WORKERS],
    ] as const) {
      const { page, complaints, violations } = await visit(browser, `${built.url}#/ring`, before);
      reports.push(await play(page, 30));
      expect(await page.locator('#run-facts').innerText()).toContain(where);
      expect(await violations()).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    }
    expect(reports[1]).toEqual(reports[0]);
  }, 300_000);

  it('finds modes of the ring', async () => {
    if (!browser) return;
    const { page } = await visit(browser, `${built.url}#/ring`);
    const { button, ready } = liveRun(page);
    await ready();
    await page.getByRole('combobox', { name: 'New picture every' }).selectOption('50');
    await button('Train').click();
    await poll('six modes', async () => {
      const [, modes] = /(\d) of 8 modes/.exec(await page.locator('#coverage').innerText()) ?? [];
      return Number(modes) >= 6;
    });
    await page.close();
  }, 300_000);

  it('trains by every remedy, on the grid', async () => {
    if (!browser) return;
    const { page, complaints } = await visit(browser, `${built.url}#/ring`);
    const { button, ready, drawn, numbers } = liveRun(page);
    await ready();
    await page.getByRole('combobox', { name: 'Data' }).selectOption('grid');
    for (const [loss, minibatch, pack] of [
      ['wgan-gp', 'none', '1'],
      ['hinge', 'none', '2'],
      ['lsgan', 'stddev', '1'],
      ['non-saturating', 'discrimination', '2'],
    ] as const) {
      await page.getByRole('combobox', { name: 'Loss' }).selectOption(loss);
      await page.getByRole('combobox', { name: 'D sees its batch' }).selectOption(minibatch);
      await page.getByRole('combobox', { name: 'Points in a pack' }).selectOption(pack);
      await renew(page);
      await button('One step').click();
      await drawn(PLANE, 1);
      expect((await numbers()).filter(Number.isFinite)).toHaveLength(4);
      expect(await page.locator('#coverage').innerText()).toMatch(/of 25 modes/);
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);
});
