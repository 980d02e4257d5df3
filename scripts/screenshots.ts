/**
 * `npm run screenshots`: the page's parts as pictures for the documents, in docs/images/web. The page is built, opened in a real
 * Chromium on its software adapter, and used: a ladder runs, nets train.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { serveBuiltPage } from '../test/browser/built-page.ts';
import { launchBrowser } from '../test/browser/launch.ts';

const FOLDER = fileURLToPath(new URL('../docs/images/web/', import.meta.url));
const MINUTES = 60_000;

interface Shot {
  name: string;
  address: string;
  dark?: boolean;
  width?: number;
  height?: number;
  /** What is done in the part before the picture is taken. */
  use(page: Page): Promise<void>;
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const stepOf = async (page: Page) => Number((await page.locator('#step').innerText()).replace(/\D/g, ''));

async function trainTo(page: Page, steps: number): Promise<void> {
  await page.locator('button:enabled', { hasText: /^Train$/ }).waitFor({ timeout: 5 * MINUTES });
  await press(page, 'Train');
  while ((await stepOf(page)) < steps) await page.waitForTimeout(500);
  await press(page, 'Pause');
  await page.waitForTimeout(2000);
}

const SHOTS: readonly Shot[] = [
  {
    name: 'kernels',
    address: 'kernels/matmul/3-vec4',
    height: 1450,
    async use(page) {
      await press(page, 'Run the ladder');
      await page.locator('button:enabled', { hasText: /^Run the ladder$/ }).waitFor({ timeout: 10 * MINUTES });
      await page.waitForTimeout(3000);
      await page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    name: 'invocation',
    address: 'invocation/matmul/0-naive',
    async use(page) {
      await page.waitForTimeout(3000);
      for (let i = 0; i < 3; i++) await press(page, 'Next round');
    },
  },
  { name: 'autodiff', address: 'autodiff', use: (page) => page.waitForTimeout(5000) },
  { name: 'train', address: 'train', dark: true, use: (page) => trainTo(page, 400) },
  { name: 'ring', address: 'ring', use: (page) => trainTo(page, 1500) },
  { name: 'train-phone', address: 'train', width: 390, use: (page) => page.waitForTimeout(8000) },
];

mkdirSync(FOLDER, { recursive: true });
const browser = await launchBrowser();
if ('noBrowser' in browser) process.exit(1); // said already
const built = await serveBuiltPage();
const named = process.argv.slice(2);
for (const { name, address, dark = false, width = 1200, height = 1000, use } of SHOTS) {
  if (named.length > 0 && !named.includes(name)) continue;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
  await page.goto(`${built.url}#/${address}`);
  await use(page);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await page.close();
  process.stdout.write(`${name}\n`);
}
await browser.close();
built.close();
