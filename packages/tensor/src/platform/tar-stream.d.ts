/** The part of tar-stream that is used; the package has no types of its own. */
declare module 'tar-stream' {
  import type { Readable, Writable } from 'node:stream';
  export interface Entry extends Readable {
    header: { name: string; size: number };
  }
  export function extract(): Writable & AsyncIterable<Entry>;
}
