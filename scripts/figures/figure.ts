/** What a figure of the book is. */
export interface Figure {
  /** File under docs/images/book, with its ending: `.svg` or `.png`. */
  file: string;
  /** SVG text, or the bytes of a PNG. */
  draw(): string | Uint8Array | Promise<string | Uint8Array>;
  /** Drawn from a run of its own, which takes up to a minute and differs between adapters: no test compares it. */
  trained?: true;
}
