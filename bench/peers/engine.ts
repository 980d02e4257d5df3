/** What another engine is to the suite. */
import type { Problem } from '../cases.ts';

export const PEER_ENGINES = ['tfjs-webgpu', 'tfjs-wasm', 'jax-js'] as const;
export type PeerEngine = (typeof PEER_ENGINES)[number];

/** A case prepared on one engine, as `Work` is on ours. */
export interface PeerWork {
  engine: PeerEngine;
  /**
   * Whether `result()` after the first run is what ganvas computes of the same case. False where it is random. For a GAN's step it
   * is [D's loss, G's loss, mean D(x), mean D(G(z))], from equal weights, and in the first two steps equal data and noise; of
   * `acgan-script` see `acganReport`.
   */
  comparable: boolean;
  /** Uploads the inputs, in the engine's own layout. What the engine compiles, it compiles at its first run. */
  prepare(): Promise<void>;
  /** Queues the computation `times` times; results of all but the last are freed. */
  run(times: number): void;
  /**
   * Waits until all that was queued has been computed, without reading it. Call it before the clock is started too: where
   * engines share a library, that is when it turns to this one.
   */
  finish(): Promise<void>;
  /** Values of the last run, in ganvas's layout. The engine has finished then. */
  result(): Promise<ArrayLike<number>>;
  /** Frees what `prepare` and `run` hold. */
  close(): void;
}

/** A case that an engine cannot do, or does in another way than its users would find it doing. */
export interface PeerGap {
  engine: PeerEngine;
  /** The problem's `op`. */
  op: Problem['op'];
  reason: string;
}

/** An engine that has started. */
export interface OpenedEngine {
  engine: PeerEngine;
  /** Versions of its packages, and on how many threads of the host it computes (`wasm`). */
  version: string;
  /** Cases that it does in another way than expected. */
  gaps: readonly PeerGap[];
  /** Why it cannot do a problem, in a few words; null where it can. */
  refusal(problem: Problem): string | null;
  open(problem: Problem): PeerWork;
}
