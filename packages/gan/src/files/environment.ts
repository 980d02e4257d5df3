/** On what a run was made. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { release, type } from 'node:os';
import type { AdapterDescription } from '@ganvas/tensor';
import { GANVAS_VERSION } from '../version.ts';
import { processorName } from './processor.ts';

/** What a run's bits and speed depend on, in words: adapter, driver, processor, system, versions, and the date (ISO 8601, UTC). */
export const describeEnvironment = (adapter: AdapterDescription): Record<string, string> => ({
  adapter: `${adapter.name} (${adapter.class}, ${adapter.backend})`,
  driver: adapter.driver || 'unknown',
  processor: processorName(),
  system: `${type()} ${release()}, ${process.arch}`,
  ganvas: ganvasVersion(),
  node: process.version,
  dawn: dawnVersion(),
  date: new Date().toISOString(),
});

/** Version of the package `webgpu`, which is Dawn. */
export function dawnVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('webgpu/package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Version of ganvas. */
export const ganvasVersion = (): string => GANVAS_VERSION;
