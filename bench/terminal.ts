/** Where the suite speaks: results on stdout, and what is running now in a line of its own on a terminal. */

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The line is wiped by the next one, and by `progress('')`. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text.slice(0, 99)}`);
}
