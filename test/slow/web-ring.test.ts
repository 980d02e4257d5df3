/** The section Ring of the built page, in a real Chromium: in a worker, and in the page where workers have no WebGPU. */
import type { Browser, Page } from 'playwright-core';
import { type BuiltPage, serveBuiltPage } from '../browser/built-page.ts';
import { launchBrowser } from '../browser/launch.ts';
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

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const ready = (page: Page) => poll('the run', async () => button(page, 'Train').isEnabled());
  const stepOf = async (page: Page) => Number((await page.locator('#step').innerText()).replace(/\D/g, ''));
  const numbersOf = async (page: Page) => (await page.locator('figcaption .number').allInnerTexts()).map(Number);
  const drawn = (page: Page, step: number) =>
    poll(
      `the plane of step ${step}`,
      async () => (await page.locator('canvas.plane').getAttribute('data-step')) === `${step}`,
    );
  /** A picture of the run before is none of the next one's. */
  const renew = async (page: Page) => {
    await page.locator('canvas.plane').evaluate((canvas) => canvas.removeAttribute('data-step'));
    await button(page, 'New run').click();
    await drawn(page, 0);
    await ready(page);
  };
  const plane = async (page: Page) => {
    await page.waitForTimeout(300);
    return (await page.locator('canvas.plane').screenshot()).toString('base64');
  };

  /** Steps, trains to `steps`, pauses, begins anew. @returns what the first step told */
  async function play(page: Page, steps: number): Promise<number[]> {
    await ready(page);
    await drawn(page, 0);
    const begun = await plane(page);
    await button(page, 'One step').click();
    await drawn(page, 1);
    const first = await numbersOf(page);
    expect(first.filter(Number.isFinite)).toHaveLength(4);
    await button(page, 'Train').click();
    await poll(`${steps} steps`, async () => (await stepOf(page)) >= steps);
    await button(page, 'Pause').click();
    await ready(page);
    const paused = await stepOf(page);
    await page.waitForTimeout(500);
    expect(await stepOf(page)).toBe(paused);
    expect(await plane(page)).not.toBe(begun);
    await renew(page);
    expect(await plane(page)).toBe(begun);
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
    await ready(page);
    await page.getByRole('combobox', { name: 'New picture every' }).selectOption('50');
    await button(page, 'Train').click();
    await poll('six modes', async () => {
      const [, modes] = /(\d) of 8 modes/.exec(await page.locator('#coverage').innerText()) ?? [];
      return Number(modes) >= 6;
    });
    await page.close();
  }, 300_000);

  it('trains by every remedy, on the grid', async () => {
    if (!browser) return;
    const { page, complaints } = await visit(browser, `${built.url}#/ring`);
    await ready(page);
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
      await button(page, 'One step').click();
      await drawn(page, 1);
      expect((await numbersOf(page)).filter(Number.isFinite)).toHaveLength(4);
      expect(await page.locator('#coverage').innerText()).toMatch(/of 25 modes/);
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);
});
