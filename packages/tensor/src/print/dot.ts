/** Graphs in Graphviz's language. */

export type Attributes = Readonly<Record<string, string | number | boolean>>;

const quote = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const list = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}=${quote(String(value))}`)
    .join(' ');

export const node = (id: string, attributes: Attributes): string => `${id} [${list(attributes)}]`;

export const edge = (from: string, to: string, attributes: Attributes = {}): string =>
  `${from} -> ${to} [${list(attributes)}]`;

/** A directed graph of boxes, top to bottom. */
export function digraph(name: string, statements: readonly string[]): string {
  const font = { fontname: 'Helvetica', fontsize: 10 };
  const defaults = [
    `graph [${list({ ...font, rankdir: 'TB', ranksep: 0.3, nodesep: 0.2 })}]`,
    `node [${list({ ...font, shape: 'box', style: 'filled', fillcolor: 'white', color: '#888888', height: 0.3 })}]`,
    `edge [${list({ ...font, fontsize: 8, color: '#888888', arrowsize: 0.6 })}]`,
  ];
  return [`digraph ${name} {`, ...[...defaults, ...statements].map((s) => `  ${s};`), '}', ''].join('\n');
}
