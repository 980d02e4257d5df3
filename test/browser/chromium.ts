/** A real headless Chromium that comes with npm (`@sparticuz/chromium`), on its own software adapter. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--remote-debugging-port=0',
];

/**
 * Serves `script` in an otherwise empty page, opens it, and waits for what the page posts.
 * @returns the JSON that was posted, or why no browser could be started on this machine
 * @throws Error where the browser started and the page did not answer within `seconds`
 */
export async function runInChromium(
  script: string,
  seconds: number,
): Promise<{ posted: string } | { noBrowser: string }> {
  let executable: string;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    executable = await chromium.executablePath();
  } catch (error) {
    return { noBrowser: String(error) };
  }
  let answer: (posted: string) => void = () => {};
  const answered = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part)).on('end', () => answer(Buffer.concat(parts).toString()));
      response.end();
    } else if (request.url === '/page.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else {
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type="module" src="/page.js"></script>');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const profile = mkdtempSync(join(tmpdir(), 'ganvas-chromium-'));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const browser = spawn(executable, [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // leads a process group of its own, with all the processes that a browser starts
  });
  const gone = ended(browser);
  let stderr = '';
  browser.stderr.on('data', (text) => {
    stderr += text;
  });
  try {
    return await Promise.race([
      answered.then((posted) => ({ posted })),
      gone.then((why) => ({ noBrowser: `${why}\n${stderr.slice(-500)}` })),
      after(seconds).then(() => {
        throw new Error(`the page did not answer within ${seconds} s; the browser said: ${stderr.slice(-1000)}`);
      }),
    ]);
  } finally {
    killGroup(browser);
    server.close();
    server.closeAllConnections();
    await gone;
    removeProfile(profile);
  }
}

/** The browser and every process that it started: these write to its profile for as long as they live. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // the group is gone already
  }
}

/** A profile in the system's temporary folder that will not go is no reason to fail. */
function removeProfile(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  } catch {
    // left to whoever cleans that folder
  }
}

const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.on('error', (error) => resolve(String(error)));
    child.on('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });

const after = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000).unref();
  });
