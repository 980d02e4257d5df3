/** A visit to a section of the built page, which must end without a word on the console and without an accessibility violation. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export interface Visit {
  page: Page;
  /** Errors and warnings that the console has shown, and exceptions that nobody caught. */
  complaints: string[];
  /** What axe-core finds wrong, in words. */
  violations(): Promise<string[]>;
}

/** @param before a script that runs before the page's own */
export async function visit(browser: Browser, url: string, before?: string): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  if (before) await page.addInitScript(before);
  await page.goto(url);
  return {
    page,
    complaints,
    async violations() {
      await page.evaluate(readFileSync(AXE, 'utf8'));
      return page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { help: string; nodes: { html: string }[] }[] }> };
        };
        const { violations } = await axe.run();
        return violations.map(({ help, nodes }) => `${help}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
    },
  };
}
