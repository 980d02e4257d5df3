/**
 * Rematerialisation (Chen et al. 2016, "Training deep nets with sublinear memory cost"): what a function computes on its way is
 * not kept for the gradient but computed again when the gradient gets there. Cutting a net of n layers into √n such functions
 * needs memory for about 2√n activations instead of n, and one more forward pass.
 *
 * In a captured program memory lives until its last reader, so computing again is recording again: the same op calls, behind
 * a `fence` that keeps the compiler from finding that they are the same.
 */
import {
  applyAgain,
  applyComposite,
  type CompositeOp,
  fence,
  mapTensors,
  type Node,
  type Structure,
  type Tensor,
  tensorsOf,
} from '@ganvas/tensor';
import { checkVersions, nodesBetween } from './history.ts';

interface CheckpointAttrs {
  /** How many of the node's inputs the function was called with. The others it found around it: weights, say. */
  parameters: number;
}

const NAME = 'checkpoint';

/**
 * `fn`, whose inside the gradient computes again instead of keeping it. The values and gradients are those of `fn`. Memory is
 * saved inside `capture`; elsewhere a tensor lives until `tidy` or `dispose`, and there is only the second computation.
 *
 * Computed again is what leads from the inputs to the results. What does not depend on the inputs is kept: random draws, so that
 * both computations see the same numbers, and whatever `fn` computes from weights alone. Effects (the running statistics of a
 * batch norm) happen once, when `fn` is called.
 * @throws GradientError, when the gradient is taken, where a state tensor that `fn` read was assigned since
 */
export function checkpoint<I extends readonly Tensor[], O extends Structure>(
  fn: (...inputs: I) => O,
): (...inputs: I) => O {
  return (...inputs) => {
    const entries = inputs.map(fence);
    const result = fn(...(entries as readonly Tensor[] as I));
    const nodes = nodesInside(entries, tensorsOf(result));
    const made = new Set([...entries, ...nodes.flatMap((node) => node.outputs)]);
    const results = [...new Set(tensorsOf(result))].filter((t) => made.has(t));
    if (results.length === 0) return result;
    const around = nodes.flatMap((node) => node.inputs).filter((t) => !made.has(t) && !t.node?.op.lazy);
    const op: CompositeOp<CheckpointAttrs> = { name: NAME, infer: () => {}, meaning: () => results };
    const outputs = applyComposite(op, [...entries, ...new Set(around)], { parameters: entries.length });
    const outside = new Map(results.map((t, i) => [t, outputs[i]!]));
    return mapTensors(result, (t) => outside.get(t) ?? t);
  };
}

/** True for the node of a checkpointed call, whose gradient is that of its recomputation. */
export const isCheckpoint = (node: Node): boolean => node.op.name === NAME;

/** A checkpointed call computed again. */
export interface Recomputed {
  /** The op calls, inputs before users. */
  nodes: Node[];
  /** What they start from: for each input of the checkpointed call a tensor of the same values. */
  inputs: Tensor[];
  /** Their results: for each output of the checkpointed call a tensor of the same values. */
  outputs: Tensor[];
}

export function recompute(checkpointed: Node): Recomputed {
  const { parameters } = checkpointed.attrs as CheckpointAttrs;
  const entries = checkpointed.inputs.slice(0, parameters);
  const replaced = new Map(entries.map((t) => [t, fence(t)]));
  const now = (t: Tensor): Tensor => replaced.get(t) ?? t;
  for (const { node } of entries) checkVersions(node!);
  const nodes = nodesInside(entries, checkpointed.meaning!).map((node) => {
    checkVersions(node, (input) => !replaced.has(input));
    const outputs = applyAgain(node, node.inputs.map(now), node.meaning?.map(now));
    node.outputs.forEach((t, i) => {
      replaced.set(t, outputs[i]!);
    });
    return outputs[0]!.node!;
  });
  return { nodes, inputs: checkpointed.inputs.map(now), outputs: checkpointed.meaning!.map(now) };
}

/** Op calls that lead from `entries` to `results`, those that a composite op stands for included. */
const nodesInside = (entries: readonly Tensor[], results: readonly Tensor[]): Node[] =>
  nodesBetween(entries, results, (node) => [...node.inputs, ...(node.meaning ?? [])]);
