/** A run on the page, in the sections Train and Ring: its buttons, its pictures, and the numbers beside them. */
import type { Locator, Page } from 'playwright-core';
import { poll } from './poll.ts';

export interface LiveRun {
  button(name: string): Locator;
  /** Until the run waits for its reader. */
  ready(): Promise<void>;
  /** Until a canvas shows this step. */
  drawn(canvas: string, step: number): Promise<void>;
  /** Draws the page at most once a frame: until what has happened so far can be read. */
  frame(): Promise<void>;
  step(): Promise<number>;
  /** Losses and means of D, as the page has them. */
  numbers(): Promise<number[]>;
  /** A canvas as PNG in base64, once it stays: a worker's canvas comes a frame after the word of it. */
  pixels(canvas: string): Promise<string>;
  /** Until a canvas has these pixels. */
  shows(canvas: string, pixels: string): Promise<void>;
}

export function liveRun(page: Page): LiveRun {
  const button: LiveRun['button'] = (name) => page.getByRole('button', { name, exact: true });
  const frame: LiveRun['frame'] = () =>
    page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => resolve())));
  const pixels: LiveRun['pixels'] = async (canvas) => {
    await page.waitForTimeout(300);
    return (await page.locator(canvas).screenshot()).toString('base64');
  };
  return {
    button,
    frame,
    ready: async () => poll('the run', () => button('Train').isEnabled()),
    drawn: (canvas, step) =>
      poll(
        `the picture of step ${step}`,
        async () => (await page.locator(canvas).getAttribute('data-step')) === `${step}`,
      ),
    async step() {
      await frame();
      return Number((await page.locator('#step').innerText()).replace(/\D/g, ''));
    },
    async numbers() {
      await frame();
      return (await page.locator('figcaption .number').allInnerTexts()).map(Number);
    },
    pixels,
    shows: (canvas, asked) => poll(`the picture in ${canvas}`, async () => (await pixels(canvas)) === asked),
  };
}
