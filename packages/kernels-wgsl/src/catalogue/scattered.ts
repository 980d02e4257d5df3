/** Numbers to compute with where any will do. */

/** Uniform in [-0.5, 0.5), the same at every call: a multiplicative hash of the index, fast enough for millions. */
export function scattered(size: number, salt = 0): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const mixed = Math.imul((i + salt * 7919) ^ (i >>> 15), 0x9e3779b1);
    values[i] = (Math.imul(mixed ^ (mixed >>> 13), 0x85ebca6b) >>> 8) / 2 ** 24 - 0.5;
  }
  return values;
}
