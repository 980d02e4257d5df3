/** The section "One invocation" in a real browser: stepping by buttons and by keys shows what the thread read and wrote. */
import type { Page } from 'playwright-core';
import { useSections } from '../browser/use-sections.ts';

const use = useSections();
const open = (address: string, width: number, work: (page: Page) => Promise<void>): Promise<void> =>
  use({ address: `invocation${address}`, width, ready: '.code' }, work);

it('steps through the naive product', async () => {
  await open('', 1200, async (page) => {
    expect(await page.textContent('#agreement')).toMatch(
      /^All threads together: 64 numbers, at most \d\.\de-\d+ from the float64/,
    );
    await page.fill('#thread-x', '29');
    await page.press('#thread-x', 'Enter');
    await page.waitForFunction(() => document.querySelector('.variables')?.textContent?.includes('29'));
    await page.focus('.code');
    while (!(await page.textContent('.accesses'))!.includes('reads')) await page.keyboard.press('ArrowRight');
    const reads = async () =>
      (await page.locator('.accesses code').allTextContents()).filter((text) => text.includes('['));
    // Thread 29 computes row 3, column 5.
    expect(await reads()).toEqual(['a[24]', 'b[5]']);
    expect(await page.textContent('mark')).toMatch(/^sum \+= /);
    expect(await page.locator('.cells .read').count()).toBe(2);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await reads()).toEqual(['a[25]', 'b[13]']);
    expect(await page.locator('.cells .seen').count()).toBe(2);
    await page.keyboard.press('ArrowLeft');
    await page.click('button:text-is("End")');
    expect(await reads()).toEqual(['c[29]']);
    expect(await page.locator('.cells .written').count()).toBe(1);
    expect(await page.locator('.cells .seen').count()).toBe(16);
    await page.click('button:text-is("Start")');
    expect(await page.textContent('#step')).toMatch(/^1 of /);
  });
}, 120_000);

it('shows workgroup memory that other threads filled, on a phone', async () => {
  await open('/matmul/1-workgroup-tile', 390, async (page) => {
    await page.waitForFunction(() => document.querySelector('.memories')?.textContent?.includes('slab_a'));
    await page.focus('.code');
    await page.keyboard.press('End');
    const cells = page.locator('figure', { hasText: 'slab_a' }).locator('.cells span');
    expect(await cells.count()).toBe(256);
    // A row of the 16 x 16 slab has 8 numbers of a, and zeros beyond.
    expect((await cells.allTextContents()).slice(0, 10)).toEqual([...(await rowOf(page, 'a')), '0', '0']);
    await page.click('summary');
    expect(await page.textContent('details')).toMatch('12-subgroup-matrix');
  });
}, 120_000);

/** The first 8 numbers of a drawing. */
const rowOf = async (page: Page, name: string): Promise<string[]> =>
  (
    await page
      .locator('figure')
      .filter({ has: page.locator(`figcaption code:text-is("${name}")`) })
      .locator('.cells span')
      .allTextContents()
  ).slice(0, 8);
