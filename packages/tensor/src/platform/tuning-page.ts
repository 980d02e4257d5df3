/** The tuning store in a browser: the page's localStorage, or its memory where there is none (in a worker, or forbidden). */
import { memoryStore, type TuningStore } from '../tuning/store.ts';

const inMemory = memoryStore();

export function userTuningStore(): TuningStore {
  const storage = pageStorage();
  if (!storage) return inMemory;
  return {
    read: (name) => storage.getItem(`ganvas/${name}`),
    write: (name, text) => storage.setItem(`ganvas/${name}`, text),
  };
}

function pageStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // a browser told to keep nothing throws where it is asked for
  }
}
