/** What would give this machine a better adapter. */
import type { AdapterDescription } from './adapter.ts';

const MESA = 'llvmpipe of Mesa 25 or later (apt install mesa-vulkan-drivers; Debian 12: from bookworm-backports)';
const OLD_MESA = 'the Mesa on this machine is too old for Dawn, or VK_DRIVER_FILES leaves it out';

/**
 * How to get a better adapter than these: one line, or null where one of them is a GPU already.
 * @param platform `process.platform`
 * @param mesa whether Mesa's llvmpipe is installed, working or not
 */
export function adviceFor(adapters: readonly AdapterDescription[], platform: string, mesa: boolean): string | null {
  if (adapters.some((a) => !a.software)) return null;
  if (platform !== 'linux') return 'a GPU and its driver';
  if (adapters.some((a) => a.class === 'llvmpipe')) return 'a GPU and its Vulkan driver';
  return mesa ? `${MESA}: ${OLD_MESA}` : `${MESA}, 5 times as fast as SwiftShader`;
}
