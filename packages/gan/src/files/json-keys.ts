/**
 * The first key that an object in `json` has twice, if any: `JSON.parse` would silently keep the last.
 * @param json text that `JSON.parse` accepts
 */
export function findDuplicateKey(json: string): string | undefined {
  /** Keys of the objects (and nothing for the arrays) that are open at this point. */
  const open: Set<string>[] = [];
  for (const [token, quoted] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (quoted !== undefined) {
      const key: string = JSON.parse(quoted);
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    } else if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
  }
  return undefined;
}
