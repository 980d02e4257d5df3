/** A section of the built page, for the tests of a file: opened at a width, used, and found without fault. */
import type { Browser, Page } from 'playwright-core';
import { type BuiltPage, serveBuiltPage } from './built-page.ts';
import { launchBrowser } from './launch.ts';
import { visit } from './visit.ts';

/** @param address behind the `#`; `width` in pixels; `ready` a selector of what is there once the section can be used */
export type UseSection = (
  at: { address: string; width: number; ready: string },
  work: (page: Page) => Promise<void>,
) => Promise<void>;

/**
 * Starts the browser before the tests of a file and ends it behind them.
 * @returns does nothing where no browser can be started, which the log says; expects no word on the console, no violation of
 * accessibility, and nothing that reaches beyond the width
 */
export function useSections(): UseSection {
  let site: BuiltPage;
  let browser: Browser | { noBrowser: string };
  beforeAll(async () => {
    browser = await launchBrowser();
    if ('noBrowser' in browser) return;
    site = await serveBuiltPage();
  }, 300_000);
  afterAll(async () => {
    if ('noBrowser' in browser) return;
    await browser.close();
    site.close();
  });
  return async ({ address, width, ready }, work) => {
    if ('noBrowser' in browser) return;
    const { page, complaints, violations } = await visit(browser, `${site.url}#/${address}`);
    await page.setViewportSize({ width, height: 900 });
    await page.waitForSelector(ready, { timeout: 60_000 });
    await work(page);
    expect(await violations()).toEqual([]);
    expect(complaints).toEqual([]);
    const beyond = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.evaluate(beyond)).toBeLessThanOrEqual(0);
    await page.close();
  };
}
