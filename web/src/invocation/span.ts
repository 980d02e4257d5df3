/** Where in a kernel's text a statement stands, or a part of a loop's or a branch's header: the parser says it of statements only. */
import type { ast } from './parse.ts';

export interface Span {
  /** Characters from `start` up to `end`. */
  start: number;
  end: number;
}

export const spanOf = ({ start, end }: ast.Node): Span => ({ start, end });

/** The parts that `;` separates between the first parentheses from `start` on. */
export function headerParts(code: string, start: number): Span[] {
  const open = code.indexOf('(', start);
  const parts: Span[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < code.length; at++) {
    const letter = code[at]!;
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (depth === 0 || (depth === 1 && letter === ';')) {
      const part = code.slice(from, at);
      const begin = from + (part.length - part.trimStart().length);
      parts.push({ start: begin, end: begin + part.trim().length });
      from = at + 1;
    }
    if (depth === 0) break;
  }
  return parts;
}
