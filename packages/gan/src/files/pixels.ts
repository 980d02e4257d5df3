/** A picture in memory. */
export interface Picture {
  width: number;
  height: number;
  /** 1: grey, 3: RGB. */
  channels: 1 | 3;
  /** [height, width, channels], 0 black to 255. */
  pixels: Uint8Array;
}

/** Image values in [−1, 1] as bytes 0..255, rounded; what lies outside is clamped, NaN becomes 0. Undoes `byte / 127.5 − 1`. */
export function pixelBytes(values: Float32Array): Uint8Array {
  // A clamped array rounds halves to even and clamps, which is all that is left to do.
  return new Uint8Array(Uint8ClampedArray.from(values, (v) => (v + 1) * 127.5).buffer);
}
