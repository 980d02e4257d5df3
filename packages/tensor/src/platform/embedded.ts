/**
 * A Vulkan adapter from npm alone: the optional package `@sparticuz/chromium` carries SwiftShader and a Vulkan loader for
 * Linux on x64. They are unpacked once to the user's cache; nothing is downloaded, nothing installed in the system.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, lstat, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runInThisContext } from 'node:vm';
import { createBrotliDecompress } from 'node:zlib';
import { cacheFolders } from './cache.ts';

const LOADER = 'libvulkan.so.1';
const MANIFEST = 'vk_swiftshader_icd.json';
const FILES = new Set([LOADER, MANIFEST, 'libvk_swiftshader.so']);
/** RTLD_NOW | RTLD_NODELETE: the library stays loaded after Node has found that it is no addon. */
const STAY = 0x1002;

/**
 * Lets the Vulkan loader see the embedded adapter beside the system's drivers. To be called before Dawn looks for adapters.
 * @returns null, or why there is no embedded adapter
 */
export async function offerEmbeddedAdapter(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it exists for Linux on x64 only';
  try {
    const folder = await unpacked();
    const notOffered = addDriver(join(folder, MANIFEST));
    return loadLibrary(join(folder, LOADER)) ?? notOffered;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The environment that native code reads. Some test runners, Jest for one, give the code under test a copy of it. */
const nativeEnvironment = () => runInThisContext('process.env') as NodeJS.ProcessEnv;

/** Drivers chosen by the user stay the only ones. */
function addDriver(manifest: string): string | null {
  const env = nativeEnvironment();
  const chosen = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].find((name) => env[name]);
  if (chosen) return `${chosen} is set, and names the only drivers to use`;
  const others = (env.VK_ADD_DRIVER_FILES ?? '').split(':').filter((file) => file !== '' && file !== manifest);
  env.VK_ADD_DRIVER_FILES = [...others, manifest].join(':');
  return null;
}

/**
 * Dawn asks the dynamic linker for libvulkan.so.1 and so gets the one that is loaded already. Ours comes first even where
 * the system has one: it finds the same drivers, and an older one does not know VK_ADD_DRIVER_FILES.
 */
function loadLibrary(file: string): string | null {
  try {
    process.dlopen({ exports: {} }, file, STAY);
  } catch (error) {
    const { message } = error as Error;
    if (!message.includes('did not self-register')) return message;
  }
  return null;
}

/** The folder with the unpacked files, in the user's cache or else in the system's temporary folder. */
async function unpacked(): Promise<string> {
  const root = packageRoot();
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const archive = join(root, 'bin', 'swiftshader.tar.br');
  const failures = new Set<string>();
  for (const base of cacheFolders()) {
    const folder = join(base, `swiftshader-${version}`);
    try {
      await ownFolder(base);
      if (!(await exists(join(folder, MANIFEST)))) await unpack(archive, folder);
      return folder;
    } catch (error) {
      failures.add((error as Error).message);
    }
  }
  throw new Error(`cannot unpack it: ${[...failures].join('; ')}`);
}

function packageRoot(): string {
  try {
    // Its entry point is build/cjs/index.cjs.
    return dirname(dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))));
  } catch {
    throw new Error('the optional package @sparticuz/chromium is not installed (npm install --include=optional)');
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** Code is loaded from here, so the folder must be the user's own: anyone may have made one in /tmp. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${folder} can be written by other users`);
}

/** Appears at once or not at all: processes that unpack at the same time do not see each other's half-written files. */
async function unpack(archive: string, folder: string): Promise<void> {
  const { extract } = await import('tar-stream');
  const half = await mkdtemp(`${folder}.`);
  try {
    const entries = extract();
    const reading = pipeline(createReadStream(archive), createBrotliDecompress(), entries);
    for await (const entry of entries) {
      const { name } = entry.header;
      if (FILES.has(name)) await pipeline(entry, createWriteStream(join(half, name)));
      else entry.resume();
    }
    await reading;
    await rename(half, folder).catch(async (error) => {
      if (!(await exists(join(folder, MANIFEST)))) throw error;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}
