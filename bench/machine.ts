/** On what a report was measured. */
import { availableParallelism } from 'node:os';
import { dawnVersion, processorName } from '@ganvas/gan';
import type { Device } from '@ganvas/tensor';

export interface Machine {
  adapter: string;
  class: string;
  driver: string;
  backend: string;
  features: string[];
  /** What changes the figures: whether accesses are clamped, and whether compiled shaders come from an earlier run. */
  toggles: string[];
  processor: string;
  threads: number;
  node: string;
  /** Version of the package `webgpu`, which is Dawn. */
  dawn: string;
  /** ISO 8601. */
  date: string;
}

export function describeMachine({ adapter, gpu }: Device, robustness: boolean): Machine {
  const coldShaders = process.env.MESA_SHADER_CACHE_DISABLE === 'true';
  return {
    adapter: adapter.name,
    class: adapter.class,
    driver: adapter.driver,
    backend: adapter.backend,
    features: [...gpu.features].filter((feature) => feature !== 'core-features-and-limits').sort(),
    toggles: [`robustness ${robustness ? 'on' : 'off'}`, `Mesa's shader cache ${coldShaders ? 'off' : 'on'}`],
    processor: processorName(),
    threads: Number(process.env.LP_NUM_THREADS) || availableParallelism(),
    node: process.version,
    dawn: dawnVersion(),
    date: new Date().toISOString(),
  };
}
