/** The section Train of the built page, in a real Chromium: what its buttons say is what happens. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCheckpoint } from '@ganvas/gan';
import type { Browser, Page } from 'playwright-core';
import { type BuiltPage, serveBuiltPage } from '../browser/built-page.ts';
import { launchBrowser } from '../browser/launch.ts';
import { liveRun } from '../browser/live-run.ts';
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

  const save = async (page: Page) => {
    const download = page.waitForEvent('download');
    await liveRun(page).button('Download the checkpoint').click();
    const file = await download;
    const path = join(folder, file.suggestedFilename());
    await file.saveAs(path);
    return loadCheckpoint(path);
  };

  it('trains, pauses, steps, profiles, saves, loads and begins anew', async () => {
    if (!browser) return;
    const { page, complaints, violations } = await visit(browser, `${built.url}#/train`);
    const { button, ready, drawn, frame, step, numbers, pixels, shows } = liveRun(page);
    await ready();
    await drawn('canvas.samples', 0);
    const facts = await page.locator('#run-facts').innerText();
    const [, gflop] = /([\d.]+) GFLOP in \d+ dispatches .* in a worker/.exec(facts)!;
    expect(await page.locator('main').innerText()).toContain(`One step is ${gflop} GFLOP`);
    const noise = await pixels('canvas.samples');

    await button('One step').click();
    await drawn('canvas.samples', 1);
    expect(await step()).toBe(1);
    const first = await numbers();
    expect(first).toHaveLength(4);
    expect(first.every(Number.isFinite)).toBe(true);

    await button('Train').click();
    await poll('ten steps', async () => (await step()) >= 10);
    await button('Pause').click();
    await ready();
    const paused = await step();
    await page.waitForTimeout(1000);
    expect(await step()).toBe(paused);
    const learnt = await pixels('canvas.samples');
    expect(learnt).not.toBe(noise);
    expect(await numbers()).not.toEqual(first);

    await page.getByLabel('Learning rate of G').press('ArrowRight');
    const label = page.locator('label', { hasText: 'Learning rate of G' });
    await poll('the higher rate', async () => !/ 0\.003$/.test((await label.innerText()).trim()));
    const rate = Number(/[\d.e-]+$/.exec((await label.innerText()).trim())![0]);
    expect(rate).toBeGreaterThan(3e-3);
    const saved = await save(page);
    expect(saved).toMatchObject({ step: paused, config: { model: 'dcgan', width: 8, seed: 1, lrG: rate, lrD: 3e-3 } });

    await button('Profile a step').click();
    await poll('the profile', () => page.locator('svg.timeline').isVisible());
    expect(await page.locator('svg.timeline rect').count()).toBe(Number(/(\d+) dispatches/.exec(facts)![1]));
    expect((await save(page)).tensors).toEqual(saved.tensors); // a profile leaves the run where it was

    const before = await pixels('canvas.walked');
    const place = page.getByRole('slider', { name: /Place between/ });
    await place.press('ArrowRight');
    await frame();
    expect(await place.getAttribute('aria-valuetext')).toMatch(/^55 %/);
    await poll('another sample', async () => (await pixels('canvas.walked')) !== before);
    expect(await violations()).toEqual([]);

    await button('New run').click();
    await drawn('canvas.samples', 0);
    expect(await step()).toBe(0);
    await shows('canvas.samples', noise);
    await button('One step').click();
    await drawn('canvas.samples', 1);
    expect(await numbers()).toEqual(first);

    await page.getByLabel('Load a checkpoint').setInputFiles(saved.path);
    await drawn('canvas.samples', paused);
    expect(await step()).toBe(paused);
    await shows('canvas.samples', learnt);
    expect((await save(page)).tensors).toEqual(saved.tensors);

    const foreign = join(folder, 'foreign.safetensors');
    writeFileSync(foreign, 'this is no checkpoint');
    await page.getByLabel('Load a checkpoint').setInputFiles(foreign);
    await poll('the error', () => page.locator('.error').isVisible());
    expect(await page.locator('.error').innerText()).toMatch(/^foreign\.safetensors: not a sound safetensors file/);
    await ready();
    expect(await step()).toBe(paused);
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);

  it('draws the class that a cGAN is asked for', async () => {
    if (!browser) return;
    const { page, complaints } = await visit(browser, `${built.url}#/train`);
    const { button, ready, drawn, pixels, shows } = liveRun(page);
    await ready();
    await page.getByRole('combobox', { name: 'Model' }).selectOption('cgan');
    await button('New run').click();
    await poll('the cGAN', async () => /^cGAN/.test(await page.locator('#run-facts').innerText()));
    await ready();
    await button('One step').click();
    await drawn('canvas.samples', 1);
    const all = await pixels('canvas.samples');
    await page.getByRole('combobox', { name: 'Class' }).selectOption('3');
    await poll('threes', async () => (await pixels('canvas.samples')) !== all);
    await page.getByRole('combobox', { name: 'Class' }).selectOption('all');
    await shows('canvas.samples', all);
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);
});
