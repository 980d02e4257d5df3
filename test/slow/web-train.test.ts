/** The section Train of the built page, in a real Chromium: what its buttons say is what happens. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCheckpoint } from '@ganvas/gan';
import type { Browser, Page } from 'playwright-core';
import { type BuiltPage, serveBuiltPage } from '../browser/built-page.ts';
import { launchBrowser } from '../browser/launch.ts';
import { poll } from '../browser/poll.ts';
import { visit } from '../browser/visit.ts';

describe('the section Train', () => {
  let browser: Browser | null = null;
  let built: BuiltPage;
  let folder: string;
  beforeAll(async () => {
    const launched = await launchBrowser();
    if ('noBrowser' in launched) return;
    browser = launched;
    built = await serveBuiltPage();
    folder = await mkdtemp(join(tmpdir(), 'ganvas-train-'));
  }, 180_000);
  afterAll(async () => {
    if (!browser) return;
    await browser.close();
    built.close();
    await rm(folder, { recursive: true });
  });

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const ready = (page: Page) => poll('the run', async () => button(page, 'Train').isEnabled());
  const stepOf = async (page: Page) => Number((await page.locator('#step').innerText()).replace(/\D/g, ''));
  const numbersOf = async (page: Page) => (await page.locator('figcaption .number').allInnerTexts()).map(Number);
  const drawn = (page: Page, canvas: string, step: number) =>
    poll(
      `the picture of step ${step}`,
      async () => (await page.locator(canvas).getAttribute('data-step')) === `${step}`,
    );
  /** The pixels, once they stay: a worker's canvas comes a frame after the word of it. */
  const pixels = async (page: Page, canvas: string) => {
    await page.waitForTimeout(300);
    return (await page.locator(canvas).screenshot()).toString('base64');
  };
  const save = async (page: Page) => {
    const download = page.waitForEvent('download');
    await button(page, 'Download the checkpoint').click();
    const file = await download;
    const path = join(folder, file.suggestedFilename());
    await file.saveAs(path);
    return loadCheckpoint(path);
  };

  it('trains, pauses, steps, profiles, saves, loads and begins anew', async () => {
    if (!browser) return;
    const { page, complaints, violations } = await visit(browser, `${built.url}#/train`);
    await ready(page);
    await drawn(page, 'canvas.samples', 0);
    const facts = await page.locator('#run-facts').innerText();
    const [, gflop] = /([\d.]+) GFLOP in \d+ dispatches .* in a worker/.exec(facts)!;
    expect(await page.locator('main').innerText()).toContain(`One step is ${gflop} GFLOP`);
    const noise = await pixels(page, 'canvas.samples');

    await button(page, 'One step').click();
    await drawn(page, 'canvas.samples', 1);
    expect(await stepOf(page)).toBe(1);
    const first = await numbersOf(page);
    expect(first).toHaveLength(4);
    expect(first.every(Number.isFinite)).toBe(true);

    await button(page, 'Train').click();
    await poll('ten steps', async () => (await stepOf(page)) >= 10);
    await button(page, 'Pause').click();
    await ready(page);
    const paused = await stepOf(page);
    await page.waitForTimeout(1000);
    expect(await stepOf(page)).toBe(paused);
    const learnt = await pixels(page, 'canvas.samples');
    expect(learnt).not.toBe(noise);
    expect(await numbersOf(page)).not.toEqual(first);

    await page.getByLabel('Learning rate of G').press('ArrowRight');
    const label = page.locator('label', { hasText: 'Learning rate of G' });
    await poll('the higher rate', async () => !/ 0\.003$/.test((await label.innerText()).trim()));
    const rate = Number(/[\d.e-]+$/.exec((await label.innerText()).trim())![0]);
    expect(rate).toBeGreaterThan(3e-3);
    const saved = await save(page);
    expect(saved).toMatchObject({ step: paused, config: { model: 'dcgan', width: 8, seed: 1, lrG: rate, lrD: 3e-3 } });

    await button(page, 'Profile a step').click();
    await poll('the profile', () => page.locator('svg.timeline').isVisible());
    expect(await page.locator('svg.timeline rect').count()).toBe(Number(/(\d+) dispatches/.exec(facts)![1]));
    expect((await save(page)).tensors).toEqual(saved.tensors); // a profile leaves the run where it was

    const before = await pixels(page, 'canvas.walked');
    await page.getByRole('slider', { name: /Place between/ }).press('ArrowRight');
    expect(await page.getByRole('slider', { name: /Place between/ }).getAttribute('aria-valuetext')).toMatch(/^55 %/);
    await poll('another sample', async () => (await pixels(page, 'canvas.walked')) !== before);
    expect(await violations()).toEqual([]);

    await button(page, 'New run').click();
    await drawn(page, 'canvas.samples', 0);
    expect(await stepOf(page)).toBe(0);
    expect(await pixels(page, 'canvas.samples')).toBe(noise);
    await button(page, 'One step').click();
    await drawn(page, 'canvas.samples', 1);
    expect(await numbersOf(page)).toEqual(first);

    await page.getByLabel('Load a checkpoint').setInputFiles(saved.path);
    await drawn(page, 'canvas.samples', paused);
    expect(await stepOf(page)).toBe(paused);
    expect(await pixels(page, 'canvas.samples')).toBe(learnt);
    expect((await save(page)).tensors).toEqual(saved.tensors);

    const foreign = join(folder, 'foreign.safetensors');
    writeFileSync(foreign, 'this is no checkpoint');
    await page.getByLabel('Load a checkpoint').setInputFiles(foreign);
    await poll('the error', () => page.locator('.error').isVisible());
    expect(await page.locator('.error').innerText()).toMatch(/^foreign\.safetensors: not a sound safetensors file/);
    await ready(page);
    expect(await stepOf(page)).toBe(paused);
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);

  it('draws the class that a cGAN is asked for', async () => {
    if (!browser) return;
    const { page, complaints } = await visit(browser, `${built.url}#/train`);
    await ready(page);
    await page.getByRole('combobox', { name: 'Model' }).selectOption('cgan');
    await button(page, 'New run').click();
    await poll('the cGAN', async () => /^cGAN/.test(await page.locator('#run-facts').innerText()));
    await ready(page);
    await button(page, 'One step').click();
    await drawn(page, 'canvas.samples', 1);
    const all = await pixels(page, 'canvas.samples');
    await page.getByRole('combobox', { name: 'Class' }).selectOption('3');
    await poll('threes', async () => (await pixels(page, 'canvas.samples')) !== all);
    await page.getByRole('combobox', { name: 'Class' }).selectOption('all');
    await poll('all again', async () => (await pixels(page, 'canvas.samples')) === all);
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);
});
