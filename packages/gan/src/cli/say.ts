/** A line of a command's result, on stdout; what shows that it is alive goes to stderr. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);
