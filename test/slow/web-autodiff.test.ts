/** The section "Autodiff" in a real browser: values, rules and kernels of programs, and mistakes shown where they are. */
import type { Page } from 'playwright-core';
import { useSections } from '../browser/use-sections.ts';

const use = useSections();
const open = (width: number, work: (page: Page) => Promise<void>): Promise<void> =>
  use({ address: 'autodiff', width, ready: '.graph .node' }, work);

const numbersOf = (page: Page, where: string) => page.locator(`${where} .numbers span`).allTextContents();

it('walks x³ forwards and back by keyboard', async () => {
  await open(1200, async (page) => {
    expect(await page.textContent('#at')).toBe('1 of 5');
    expect(await numbersOf(page, '.gradients')).toEqual(['·']);
    await page.focus('.step');
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight');
    expect(await page.textContent('.rule')).toMatch('(g, x) => mul(g, x)');
    expect(await numbersOf(page, '.gradients')).toEqual(['4']);
    await page.keyboard.press('End');
    expect(await numbersOf(page, '.gradients')).toEqual(['12']);
    await page.keyboard.press('ArrowLeft');
    expect(await numbersOf(page, '.gradients')).toEqual(['4']);
    await page.focus('.node[data-node="1"]');
    await page.keyboard.press('Enter');
    expect(await page.textContent('#at')).toBe('5 of 5');
    await page.click('.kernel summary');
    expect(await page.textContent('.kernel pre')).toMatch('@compute @workgroup_size');
  });
}, 120_000);

it('shows a mistake at its line, and goes on where it is mended, on a phone', async () => {
  await open(390, async (page) => {
    await page.fill('#program', 'w = param([3, -1])\nloss = sum(w * v)');
    await page.click('button:text-is("Differentiate")');
    await page.waitForFunction(() => document.querySelector('#trouble')?.textContent !== '');
    expect(await page.textContent('#trouble')).toBe('Line 2: v is not known here; lines above it may define it');
    await page.fill('#program', 'w = param([3, -1])\nloss = sum(relu(w) * w)');
    await page.press('#program', 'Control+Enter');
    await page.waitForFunction(() => document.querySelectorAll('.graph .node').length === 4);
    await page.click('button:text-is("End")');
    expect(await numbersOf(page, '.gradients')).toEqual(['6', '0']);
  });
}, 120_000);
