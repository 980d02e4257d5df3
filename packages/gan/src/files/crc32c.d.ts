/** CRC-32C (Castagnoli) of the package crc-32, which has types only for CRC-32. */
declare module 'crc-32/crc32c.js' {
  const crc32c: {
    /** A signed 32-bit number. */
    buf(data: Uint8Array, seed?: number): number;
  };
  export default crc32c;
}
