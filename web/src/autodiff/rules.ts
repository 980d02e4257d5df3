/** The calculus as it stands in the engine's source, op by op. */

/** Entries of the table `GRADIENTS` in the text of gradients.ts, by op: each with the comments above it, its indentation taken off. */
export function rulesIn(source: string): ReadonlyMap<string, string> {
  const begin = source.indexOf('export const GRADIENTS');
  const table = source.slice(begin, source.indexOf('\n};', begin)).split('\n').slice(1);
  const rules = new Map<string, string>();
  let lines: string[] = [];
  let name = '';
  const finish = (): void => {
    if (name) rules.set(name, lines.join('\n').replace(/,$/, ''));
    [lines, name] = [[], ''];
  };
  for (const line of table) {
    const entry = /^ {2}(\w+):/.exec(line)?.[1];
    const isComment = /^ {2}\/\//.test(line);
    if ((entry || isComment) && name) finish();
    if (/^ {2}\/\/ ──/.test(line) || line === '') {
      if (!name) lines = [];
      continue;
    }
    if (entry) name = entry;
    lines.push(line.slice(2));
  }
  finish();
  return rules;
}
