/** That nothing of Node can be reached from what a browser imports, and how much a page that trains has to load. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleForBrowser } from '../browser/bundle.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Each with a file that it is not itself without. */
const PACKAGES = [
  ['kernels-wgsl', 'kernel.ts'],
  ['tensor', 'tensor.ts'],
  ['autograd', 'grad.ts'],
  ['gan', 'training/trainer.ts'],
] as const;
const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
const zipped = (code: string): number => gzipSync(code, { level: 9 }).length;

describe('what a browser imports', () => {
  it.each(PACKAGES)('of %s needs nothing of Node, and no other package but zod', async (name, known) => {
    // All of it: what `export *` leaves out by tree-shaking would be checked by nobody.
    const text = `import * as everything from '@ganvas/${name}'; globalThis.everything = everything;`;
    const { code, inputs } = await bundleForBrowser({ text });
    const foreign = inputs.filter((file) => /node_modules\/(?!zod\/)/.test(file) || file.endsWith('platform/node.ts'));
    expect(foreign).toEqual([]);
    expect(inputs).toContain(`packages/${name}/src/${known}`);
    expect(code.match(/(?<![\w$.])(?:(?:Buffer|process)\.|(?:require|setImmediate)\(|__dirname)/g)).toBeNull();
  });

  it('is told from what only Node can import', async () => {
    await expect(bundleForBrowser({ file: 'packages/gan/src/data/idx.ts' })).rejects.toThrow(/node:/);
  });
});

/** In a process of its own: Vite takes no plugins that were made in a test's realm, which its own are. */
function loadedAtFirst(file: string): number {
  const script = ['--import', 'tsx', '-C', 'source', 'test/browser/first-load.ts', file];
  return Number(execFileSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' }));
}

describe('a page that trains a DCGAN', () => {
  it('loads at most 80 KB, gzipped', async () => {
    const page = 'test/browser/minimal-page.ts';
    const size = loadedAtFirst(page);
    const { code, inputs } = await bundleForBrowser({ file: page });
    process.stdout.write(`minimal page: ${kilobytes(size)} gzipped by Vite, ${kilobytes(zipped(code))} by esbuild\n`);
    expect(size).toBeGreaterThan(40 * 1024);
    expect(size).toBeLessThanOrEqual(80 * 1024);
    expect(inputs.filter((file) => file.includes('node_modules/'))).toEqual([]);
  });
});
