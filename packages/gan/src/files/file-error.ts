/** What stopped work on a file of the system, as one line for the person at the terminal. */
import { getSystemErrorMap, types } from 'node:util';
import { FileError } from '../file-error.ts';

export { FileError };

/** Runs `access`, and turns an error of the operating system (no such file, disk full, ...) into a FileError about `path`. */
export function accessFile<T>(verb: 'read' | 'write', path: string, access: () => T): T {
  try {
    return access();
  } catch (cause) {
    if (!types.isNativeError(cause) || !('errno' in cause) || !('code' in cause)) throw cause;
    const reason = getSystemErrorMap().get(Number(cause.errno))?.[1] ?? cause.message;
    throw new FileError(`cannot ${verb} ${path}: ${reason} (${cause.code})`, { cause });
  }
}
