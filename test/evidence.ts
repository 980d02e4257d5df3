/**
 * What the tests have shown of each op. A test file adds ops to a column as it shows them; in the end the column must be what
 * `evidence/COLUMN.json` has, of which docs/ops.md is the table (test/pure/ops-table.test.ts). `UPDATE_DOCS=1` writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Node, Tensor } from '@ganvas/tensor';

/** `forward`: against float64; `first` and `second`: gradients against finite differences; `torch-…`: a fixture of PyTorch's. */
export type Column = 'forward' | 'first' | 'second' | `torch-${string}`;

const fileOf = (column: string) => new URL(`./evidence/${column}.json`, import.meta.url);

/** The ops of a column, sorted. */
export const readEvidence = (column: string): string[] => JSON.parse(readFileSync(fileOf(column), 'utf8')) as string[];

/** To be called at the top of a test file: the ops that its tests show, checked when all of them have run. */
export function showsOps(column: Column): (...ops: string[]) => void {
  const shown = new Set<string>();
  afterAll(() => {
    const found = [...shown].sort();
    if (process.env.UPDATE_DOCS) writeFileSync(fileOf(column), `${JSON.stringify(found, null, 2)}\n`);
    // A run of some tests only (-t) shows less.
    const isWhole = !process.argv.some((arg) => arg === '-t' || arg.startsWith('--testNamePattern'));
    if (isWhole) expect(found).toEqual(readEvidence(column));
  });
  return (...ops) => {
    for (const op of ops) shown.add(op);
  };
}

/** The ops that a tensor was computed by. */
export function opsOf(tensor: Tensor): string[] {
  const seen = new Set<Node>();
  const stack = [tensor.node];
  while (stack.length > 0) {
    const node = stack.pop();
    if (!node || seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs.map((t) => t.node), ...(node.meaning ?? []).map((t) => t.node));
  }
  return [...new Set([...seen].map((node) => node.op.name))];
}
