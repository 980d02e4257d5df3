/** Other engines beside ganvas, on the same adapter: tfjs on WebGPU and on WebAssembly, and jax-js. */
import type { Problem } from '../cases.ts';
import { offerAdapter, type PeerAdapter } from './adapter.ts';
import { type OpenedEngine, PEER_ENGINES, type PeerEngine, type PeerGap, type PeerWork } from './engine.ts';
import { openJaxEngine } from './jax-engine.ts';
import { openTfjsWasmEngine, openTfjsWebGpuEngine } from './tfjs-engine.ts';

export type { PeerAdapter } from './adapter.ts';
export { PEER_ENGINES, type PeerEngine, type PeerGap, type PeerWork } from './engine.ts';

export interface Peers {
  /** By engine, in the order of `PEER_ENGINES`; of WebAssembly with the number of its threads. */
  readonly versions: Readonly<Partial<Record<PeerEngine, string>>>;
  /** What differs from what one would expect of an engine; grows when a case is opened that an engine cannot do. */
  readonly gaps: readonly PeerGap[];
  /** One work an engine that can do it, nothing uploaded yet. */
  open(problem: Problem): Promise<PeerWork[]>;
  /** Destroys the engines' devices. */
  close(): void;
}

const OPENERS: Record<PeerEngine, () => Promise<OpenedEngine>> = {
  'tfjs-webgpu': openTfjsWebGpuEngine,
  'tfjs-wasm': openTfjsWasmEngine,
  'jax-js': openJaxEngine,
};

/**
 * Starts engines, each with its own device on this adapter. Once in a process: engines keep what they start with.
 * @param engines default all
 * @throws UsageError where their packages are not installed
 */
export async function openPeers(adapter: PeerAdapter, engines: readonly PeerEngine[] = PEER_ENGINES): Promise<Peers> {
  const closeDevices = offerAdapter(adapter);
  const opened: OpenedEngine[] = [];
  for (const engine of PEER_ENGINES) if (engines.includes(engine)) opened.push(await OPENERS[engine]());
  const gaps = opened.flatMap((engine) => engine.gaps);
  return {
    versions: Object.fromEntries(opened.map(({ engine, version }) => [engine, version])),
    gaps,
    open: async (problem) =>
      opened.flatMap((engine) => {
        const reason = beyondPeers(problem) ?? engine.refusal(problem);
        if (reason !== null) gaps.push({ engine: engine.engine, op: problem.op, reason });
        return reason === null ? [engine.open(problem)] : [];
      }),
    close: closeDevices,
  };
}

/** What no peer's version of a case was written for. */
function beyondPeers(problem: Problem): string | null {
  if (problem.op === 'cgan') return 'none of the peers has this net';
  if (problem.op === 'acgan') return "ganvas's own recipe; acgan-script is the one that both have";
  if (!('shape' in problem) || Array.isArray(problem.shape)) return null;
  const { dilationY = 1, dilationX = 1, groups = 1 } = problem.shape;
  return dilationY === 1 && dilationX === 1 && groups === 1
    ? null
    : 'the peers run convolutions without dilation or groups';
}
