/** The steps that one goes through: each op forwards, the seed, and each op's rule backwards. */
import type { Analysis, Values } from './analysis.ts';

export type Step =
  | { kind: 'forward'; node: number }
  /** The loss's gradient with respect to itself is 1. */
  | { kind: 'seed'; node: number }
  | { kind: 'backward'; node: number; pull: number };

export function stepsOf({ nodes, pulls }: Analysis): Step[] {
  const forward = nodes.flatMap(({ kind }, node): Step[] => (kind === 'op' ? [{ kind: 'forward', node }] : []));
  const backward = pulls.map(({ node }, pull): Step => ({ kind: 'backward', node, pull }));
  return [...forward, { kind: 'seed', node: nodes.length - 1 }, ...backward];
}

/** What has come to a node's gradient when the first `pulls` rules have answered; null where nothing has. */
export function gathered(
  analysis: Analysis,
  node: number,
  pulls: number,
): (Values & { parts: number; of: number }) | null {
  const { shape } = analysis.nodes[node]!.value;
  const parts = (count: number) =>
    analysis.pulls.slice(0, count).flatMap((pull) => pull.parts.filter(({ to }) => to === node));
  const [come, all] = [parts(pulls), parts(analysis.pulls.length)];
  const isLoss = node === analysis.nodes.length - 1;
  if (isLoss) return { shape, numbers: [1], parts: 1, of: 1 };
  if (come.length === 0) return null;
  const numbers = Array.from(come[0]!.values.numbers, (_, i) =>
    come.reduce((sum, { values }) => sum + values.numbers[i]!, 0),
  );
  return { shape, numbers, parts: come.length, of: all.length };
}
