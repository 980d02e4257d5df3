/** The page's kernels in a real browser: a ladder runs, a change is checked, a mistake is shown at its line. */
import { createRequire } from 'node:module';
import { CATALOGUE } from '@ganvas/kernels-wgsl';
import type { Browser, Locator, Page } from 'playwright-core';
import { type BuiltPage, serveBuiltPage } from '../browser/built-page.ts';
import { launchBrowser } from '../browser/launch.ts';
import { layoutShift } from '../browser/layout-shift.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let browser: Browser | null = null;
let built: BuiltPage;
beforeAll(async () => {
  const launched = await launchBrowser();
  if ('noBrowser' in launched) return;
  browser = launched;
  built = await serveBuiltPage();
});
afterAll(async () => {
  await browser?.close();
  built?.close();
});

/** Opens an address, and expects that the browser has nothing to complain about. */
async function visit(address: string, look: (page: Page) => Promise<void>, width = 1200): Promise<void> {
  if (!browser) return; // said in the log
  const page = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  try {
    await page.goto(`${built.url}#/kernels/${address}`);
    await drawn(page);
    await look(page);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
  }
}

const within = { timeout: 60_000 };
const drawn = (page: Page) => page.getByText(/^Thread \d+ of workgroup \d+ loads/).waitFor(within);
const answer = (page: Page, how: string): Locator => page.locator(`.answer.${how}`);

async function setShape(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    await page.getByLabel(name, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  }
}

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

const violations = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const found = (await (window as unknown as { axe: Axe }).axe.run()).violations;
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });

/** The naive product's text, as the page has it for this shape. */
const naive = CATALOGUE.find(({ name }) => name === 'matmul')!
  .problem('m=16,n=16,k=16')
  .candidates('swiftshader')
  .find(({ name }) => name === '0-naive')!.stages[0]!.kernel.code;

/** Types another text over the editor's. */
async function write(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: /WGSL/ }).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(code);
}

it('runs the ladder of a product: every rung that the adapter admits is right', async () => {
  await visit('matmul', async (page) => {
    await setShape(page, { m: '64', n: '32', k: '16' });
    await page.getByText('At least 65.54 kflop').waitFor();
    await page.getByRole('button', { name: 'Run the ladder' }).click();
    await page
      .getByText(/^Your adapter: [\d.]+ GFLOP\/s of multiply-adds, [\d.]+ GB\/s of memory/)
      .waitFor({ timeout: 100_000 });
    const rows = await page
      .locator('.ladder tbody tr')
      .evaluateAll((found) =>
        found.map((row) =>
          [...row.querySelectorAll('button, td')].map((cell) => (cell as HTMLElement).innerText.trim()),
        ),
      );
    const ran = rows.filter(([, ms]) => ms !== '');
    expect(ran.map(([name]) => name)).toEqual(expect.arrayContaining(['0-naive', '3-vec4', '7-large-workgroup-tile']));
    for (const [, ms, gflops, , result] of ran) {
      expect(result).toBe('right');
      // What both cells round: flops = GFLOP/s · ms.
      expect((Number(gflops) * Number(ms) * 1e6) / (2 * 64 * 32 * 16)).toBeCloseTo(1, 1);
    }
    for (const [name, ms, , , result] of rows)
      if (ms === '') expect([name, result]).toEqual([name, expect.stringMatching(/f16|need/)]);
    const labels = await page.locator('.roofline svg text').allTextContents();
    expect(labels).toEqual(expect.arrayContaining(['roof', ...ran.map(([name]) => name)]));
  });
});

it('runs what the reader writes: wrong numbers, a mistake at its line, and right again', async () => {
  await visit('matmul/0-naive', async (page) => {
    await setShape(page, { m: '16', n: '16', k: '16' });
    await page.getByText('At least 8.192 kflop').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await answer(page, 'right').waitFor(within);
    expect(await answer(page, 'right').innerText()).toMatch(/^Right: all 256 results match float64 .* ms, /);

    await write(page, naive.replace('var sum = 0.0f;', 'var sum = 1.0f;'));
    await page.keyboard.press('Control+Enter');
    await answer(page, 'wrong').waitFor(within);
    expect(await answer(page, 'wrong').innerText()).toMatch(/^Wrong: 256 of 256 results\. The first is element 0/);

    await write(page, naive.replace('var sum = 0.0f;', 'var sum = nothing;'));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page
      .getByText(/unresolved value 'nothing'/)
      .first()
      .waitFor(within);
    // The mark stands in the gutter beside the line, and the line is where it was written.
    const mark = await page.locator('.cm-lint-marker-error').boundingBox();
    const line = await page.locator('.cm-line', { hasText: 'var sum = nothing;' }).boundingBox();
    expect(Math.abs(mark!.y + mark!.height / 2 - (line!.y + line!.height / 2))).toBeLessThan(line!.height / 2);

    await page.getByRole('button', { name: 'Undo all changes' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await answer(page, 'right').waitFor(within);
  });
});

it('draws the thread that the reader points at, or chooses by keyboard', async () => {
  await visit('matmul/0-naive', async (page) => {
    const c = page.getByRole('img', { name: /^c, 128 by 128/ });
    const { width, height } = (await c.boundingBox())!;
    await c.hover({ position: { x: (width * 70.5) / 128, y: (height * 10.5) / 128 } });
    // Element [10, 70] is number 1350: workgroups of 64 threads stand side by side along the rows.
    await page.getByText('Thread 6 of workgroup 21 loads 256 times from storage and stores 1 times.').waitFor(within);
    await page.getByRole('spinbutton', { name: /^Thread/ }).focus();
    await page.keyboard.press('ArrowUp');
    await page.getByText('Thread 7 of workgroup 21 loads').waitFor(within);
    const ink = await page.getByRole('img', { name: /^a, 128 by 128/ }).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const rows = new Set<number>();
      for (let i = 3; i < data.length; i += 4)
        if (data[i] === 255) rows.add(Math.floor((Math.floor(i / 4 / canvas.width) / canvas.height) * 128));
      return [...rows];
    });
    expect(ink).toEqual([10]); // the row of A, and no other
  });
});

it('leaves alone what is being typed into a field of the shape', async () => {
  await visit('matmul/0-naive', async (page) => {
    const field = page.getByLabel('m', { exact: true });
    await field.press('End');
    await field.press('0'); // 1280, and the reader goes on
    const { width, height } = (await page.getByRole('img', { name: /^c, 128 by 128/ }).boundingBox())!;
    await page
      .getByRole('img', { name: /^c, 128 by 128/ })
      .hover({ position: { x: (width * 70.5) / 128, y: (height * 10.5) / 128 } });
    await page.getByText('Thread 6 of workgroup 21 loads').waitFor(within);
    expect(await field.inputValue()).toBe('1280');
  });
});

it('shows the difference to the rung below, and refuses a shape that fits nothing', async () => {
  await visit('conv2d/3-vec4', async (page) => {
    await page.getByLabel('Difference to 2-register-tile').check();
    expect(await page.locator('.cm-deletedChunk').first().innerText()).toContain('conv2d/2-register-tile');
    await setShape(page, { w: '4x4x3x32' });
    await page.getByText('w expects 3 input channels, x has 16').waitFor();
    expect(await page.getByLabel('w', { exact: true }).inputValue()).toBe('4x4x3x32');
  });
});

it.each(['matmul', 'conv2d-input-grad', 'conv2d-weight-grad', 'reduce-sum', 'moments', 'adam'])(
  '%s: axe finds nothing, nothing is wider than a phone, nothing jumps',
  async (family) => {
    await visit(
      family,
      async (page) => {
        await page.addScriptTag({ path: AXE });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          expect([colorScheme, await violations(page)]).toEqual([colorScheme, []]);
        }
        // What Lighthouse calls good is 0.1.
        expect(await page.evaluate(layoutShift)).toBeLessThan(0.05);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      },
      390,
    );
  },
);
