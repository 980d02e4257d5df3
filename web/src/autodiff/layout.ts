/** A graph in layers, each node below all that it was computed from: where to draw what. */

export interface Placed {
  /** Centres, in units of a node's width and of a layer's height. */
  x: number;
  y: number;
}

export interface Layout {
  /** One a node. */
  places: readonly Placed[];
  columns: number;
  rows: number;
}

/** How often every layer is put in order by its neighbours. */
const SWEEPS = 6;

/** @param inputs for each node the nodes that it was computed from, all before its own */
export function layOut(inputs: readonly (readonly number[])[]): Layout {
  const users = inputs.map((): number[] => []);
  inputs.forEach((from, node) => {
    for (const input of from) users[input]!.push(node);
  });
  const layer = inputs.map(() => 0);
  inputs.forEach((from, node) => {
    layer[node] = Math.max(0, ...from.map((input) => layer[input]! + 1));
  });
  // A leaf stands right above its first user.
  inputs.forEach((from, node) => {
    if (from.length === 0 && users[node]!.length > 0)
      layer[node] = Math.min(...users[node]!.map((user) => layer[user]!)) - 1;
  });
  const rows = Math.max(...layer) + 1;
  const layers = Array.from({ length: rows }, (_, row) =>
    inputs.map((_, node) => node).filter((node) => layer[node] === row),
  );
  const columns = Math.max(...layers.map((nodes) => nodes.length));
  const x = inputs.map(() => 0);
  const spread = (nodes: readonly number[]): void => {
    nodes.forEach((node, i) => {
      x[node] = (columns - nodes.length) / 2 + i + 0.5;
    });
  };
  for (const nodes of layers) spread(nodes);
  const middle = (node: number, near: readonly number[]): number =>
    near.length === 0 ? x[node]! : near.reduce((sum, other) => sum + x[other]!, 0) / near.length;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const neighbours = sweep % 2 === 0 ? inputs : users;
    for (const nodes of sweep % 2 === 0 ? layers : layers.toReversed()) {
      const wanted = new Map(nodes.map((node) => [node, middle(node, neighbours[node]!)]));
      nodes.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      spread(nodes);
    }
  }
  return { places: inputs.map((_, node) => ({ x: x[node]!, y: layer[node]! + 0.5 })), columns, rows };
}
