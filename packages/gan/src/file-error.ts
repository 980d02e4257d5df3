/** What is wrong with a file or its bytes, as one line for a person: its name, what was found, what was expected. */
export class FileError extends Error {
  override name = 'FileError';
}
