/** The peers' way to the GPU: `navigator.gpu`, as in a browser, with one adapter in it. */
import { type OpenedGpu, openGpu } from '@ganvas/tensor';

/** An adapter by its exact name, and whether Dawn clamps accesses to buffers: what ganvas was opened with. */
export interface PeerAdapter {
  name: string;
  backend: string;
  robustness: boolean;
}

/**
 * Makes `navigator.gpu` yield devices of this adapter, each caller its own, opened exactly as ganvas opens its device: the same
 * toggles, features and limits.
 * @returns closes all devices that were taken
 */
export function offerAdapter({ name, robustness }: PeerAdapter): () => void {
  const taken: OpenedGpu[] = [];
  const requestAdapter = async () => {
    const opened = await openGpu({ adapter: name, robustness });
    taken.push(opened);
    const { features, limits, adapterInfo: info } = opened.gpu;
    return { features, limits, info, requestDevice: async () => opened.gpu };
  };
  // Node 20 has no navigator; later ones have one without a GPU.
  const navigator = (globalThis.navigator ?? { userAgent: `Node.js/${process.versions.node}` }) as object;
  Object.defineProperty(navigator, 'gpu', { value: { requestAdapter }, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return () => {
    for (const opened of taken) opened.close();
  };
}
