/**
 * The packages in a real browser: a page bundled from the same source trains ten steps on Chromium's WebGPU, with the losses
 * that Node computes. Where no browser can be started (libraries of the system missing), the log says so.
 */
import { fileURLToPath } from 'node:url';
import { openDevice } from '@ganvas/tensor';
import { build } from 'esbuild';
import { runInChromium } from '../browser/chromium.ts';
import { trainTenSteps } from '../browser/page.ts';
import type { PageReport } from '../browser/report.ts';

const PAGE = fileURLToPath(new URL('../browser/page.ts', import.meta.url));

describe('the packages in a browser', () => {
  it('bundle without anything of Node, and train to the losses that Node computes', async () => {
    const bundled = await build({
      entryPoints: [PAGE],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      conditions: ['source'],
    });
    const ran = await runInChromium(bundled.outputFiles[0]!.text, 90);
    if ('noBrowser' in ran) {
      process.stdout.write(`browser test left out, Chromium could not be started: ${ran.noBrowser}\n`);
      return;
    }
    const { adapter, losses, error } = JSON.parse(ran.posted) as PageReport;
    expect(error).toBeUndefined();
    expect(adapter).toMatch(/swiftshader/i);

    const device = await openDevice({ adapter: 'swiftshader', tuning: 'off' });
    const expected = await trainTenSteps();
    device.close();
    expect(losses).toHaveLength(10);
    expected.forEach((loss, i) => {
      expect(Math.abs(losses![i]! - loss)).toBeLessThan(1e-5);
    });
    expect(losses![9]!).toBeLessThan(losses![0]!);
  }, 180_000);
});
