/**
 * The packages in a real browser: ten steps of a DCGAN on Chromium's WebGPU, bundled and by an import map over what `npm run build`
 * makes, have the losses that Node computes; and the page of the documents trains. Without a browser the log says so.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { encodeIdx, loadMnist } from '@ganvas/gan';
import type { Browser, Page } from 'playwright-core';
import { bundleForBrowser } from '../browser/bundle.ts';
import { launchBrowser } from '../browser/launch.ts';
import { type TenSteps, tenSteps } from '../browser/ten-steps.ts';
import { blocks, ROOT, readDocument } from '../documents.ts';

const ORIGIN = 'http://localhost';
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };
const DOCUMENTED = blocks(readDocument('docs/browser.md'), 'html')[0]!;
const IMPORT_MAP = /<script type="importmap">[\s\S]*?<\/script>/.exec(DOCUMENTED)![0];
const scriptPage = (head = '') => `<!doctype html>${head}<script type="module" src="/script.js"></script>`;

const { images, height, width } = loadMnist('test');
const COUNT = 256;
const digits = encodeIdx([COUNT, height, width], images.slice(0, COUNT * height * width));

let browser: Browser | { noBrowser: string };
let expected: TenSteps;

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: ROOT });
  browser = await launchBrowser();
  expected = await tenSteps(digits);
}, 300_000);

afterAll(async () => {
  if ('close' in browser) await browser.close();
});

/** A page whose requests are answered from memory, else by the files of the repository; with what it said on its console. */
async function openPage(from: Browser, files: Record<string, string>): Promise<{ page: Page; complaints: string[] }> {
  const page = await from.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  await page.route(`${ORIGIN}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname;
    const contentType = TYPES[extname(path)] ?? 'application/octet-stream';
    const file = join(ROOT, path);
    if (files[path] !== undefined) await route.fulfill({ contentType, body: files[path] });
    else if (path === '/digits') await route.fulfill({ contentType, body: Buffer.from(digits) });
    else if (path === '/favicon.ico') await route.fulfill({ status: 204 });
    else if (existsSync(file)) await route.fulfill({ contentType, path: file });
    else await route.fulfill({ status: 404 });
  });
  await page.goto(`${ORIGIN}/page.html`);
  return { page, complaints };
}

const runTenSteps = (page: Page): Promise<TenSteps> =>
  page.evaluate(async () => {
    const { tenSteps } = globalThis as unknown as { tenSteps(digits: Uint8Array): Promise<TenSteps> };
    return tenSteps(new Uint8Array(await (await fetch('/digits')).arrayBuffer()));
  });

function expectSame({ adapter, losses }: TenSteps): void {
  expect(adapter).toMatch(/swiftshader/i);
  expect(losses).toHaveLength(10);
  for (const [step, pair] of expected.losses.entries())
    for (const [player, loss] of pair.entries()) {
      expect(Number.isFinite(loss)).toBe(true);
      expect(Math.abs(losses[step]![player]! - loss)).toBeLessThan(1e-5);
    }
}

describe('a DCGAN in a browser', () => {
  it.each(['bundled', 'by an import map'])(
    '%s, trains to the losses that Node computes',
    async (how) => {
      if ('noBrowser' in browser) return;
      const mapped = how !== 'bundled';
      const { code } = await bundleForBrowser({ file: 'test/browser/ten-steps-page.ts' }, mapped ? ['@ganvas/*'] : []);
      const files = { '/page.html': scriptPage(mapped ? IMPORT_MAP : ''), '/script.js': code };
      const { page, complaints } = await openPage(browser, files);
      await page.waitForFunction(() => 'tenSteps' in globalThis);
      expectSame(await runTenSteps(page));
      expect(complaints).toEqual([]);
      await page.close();
    },
    180_000,
  );

  it('trains on the page of docs/browser.md, and draws', async () => {
    if ('noBrowser' in browser) return;
    const { page, complaints } = await openPage(browser, { '/page.html': DOCUMENTED });
    await page.waitForFunction(() => /^step (2[2-9]|[3-9]\d)/.test(document.title), null, { timeout: 120_000 });
    const shades = await page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      return new Set(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data).size;
    });
    expect(shades).toBeGreaterThan(20); // at first all is one grey
    expect(complaints).toEqual([]);
    await page.close();
  }, 180_000);
});
