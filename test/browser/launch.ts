/** A real headless Chromium that comes with npm (`@sparticuz/chromium`), on its own software adapter, driven by Playwright. */
import { type Browser, chromium } from 'playwright-core';

/** What WebGPU on SwiftShader takes on a bare machine, without a GPU, a display or a sandbox. */
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the browser. Its WebGPU needs a page of a trustworthy origin, such as `http://localhost`.
 * @returns the browser, or why none can be started on this machine; the log then says that tests were left out
 */
export async function launchBrowser(): Promise<Browser | { noBrowser: string }> {
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    return await chromium.launch({ executablePath: await packaged.executablePath(), args: FLAGS });
  } catch (error) {
    const noBrowser = String(error);
    process.stdout.write(`browser tests left out, Chromium could not be started: ${noBrowser}\n`);
    return { noBrowser };
  }
}
