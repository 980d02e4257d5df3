import type { GatherSpec } from '../gather.ts';

/** `gatherImages` in float64, on the data's bytes. */
export function gatherReference(
  { count, pixels, batch, scale = 1 / 127.5, shift = -1 }: GatherSpec,
  bytes: Uint8Array,
  indices: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: batch * pixels }, (_, i) => {
    const image = Math.min(indices[Math.floor(i / pixels)]!, count - 1);
    return scale * bytes[image * pixels + (i % pixels)]! + shift;
  });
}
