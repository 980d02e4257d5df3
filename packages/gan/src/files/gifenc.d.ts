/** The part of gifenc that is used; the package has no types of its own. It is CommonJS: what it exports hangs on the default. */
declare module 'gifenc' {
  type Palette = number[][];
  interface Encoder {
    /** @param index [height · width] numbers of colours in the palette */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette?: Palette; delay: number; repeat: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }
  const gifenc: {
    GIFEncoder(): Encoder;
    quantize(rgba: Uint8Array, maxColors: number): Palette;
    applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
  };
  export default gifenc;
}
