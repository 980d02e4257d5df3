/** On what a run was made. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, type } from 'node:os';
import type { AdapterDescription } from '@ganvas/tensor';

/** What a run's bits and speed depend on, in words: adapter, driver, processor, system, versions, and the date (ISO 8601, UTC). */
export const describeEnvironment = (adapter: AdapterDescription): Record<string, string> => ({
  adapter: `${adapter.name} (${adapter.class}, ${adapter.backend})`,
  driver: adapter.driver || 'unknown',
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  system: `${type()} ${release()}, ${process.arch}`,
  ganvas: ganvasVersion(),
  node: process.version,
  dawn: dawnVersion(),
  date: new Date().toISOString(),
});

/** Version of the package `webgpu`, which is Dawn. */
export const dawnVersion = (): string => versionIn(createRequire(import.meta.url).resolve('webgpu/package.json'));

/** Version of ganvas. */
export const ganvasVersion = (): string => versionIn(new URL('../../package.json', import.meta.url));

const versionIn = (manifest: string | URL): string =>
  (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
