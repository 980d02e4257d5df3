/** Where measurements of rungs are kept between programs. */

/** Texts by name. Both functions throw an Error where the store cannot be used; a device then works without. */
export interface TuningStore {
  /** Null where nothing is stored under this name. */
  read(name: string): string | null;
  /** Whole or not at all. */
  write(name: string, text: string): void;
}

/** A store that lasts as long as the program. */
export function memoryStore(): TuningStore {
  const texts = new Map<string, string>();
  return {
    read: (name) => texts.get(name) ?? null,
    write: (name, text) => void texts.set(name, text),
  };
}
