/** The history of a tensor: the op calls that it was computed by, and whether what they read is still there. */
import type { Node, Tensor } from '@ganvas/tensor';

/** A derivative that cannot be taken; the message names the op. */
export class GradientError extends Error {
  override name = 'GradientError';
}

/**
 * Op calls on a path from any of `sources` to any of `targets`, inputs before users.
 * @param inputsOf what a call's outputs were computed from
 */
export function nodesBetween(
  sources: readonly Tensor[],
  targets: readonly Tensor[],
  inputsOf: (node: Node) => readonly Tensor[],
): Node[] {
  const leads = new Map<Tensor, boolean>(sources.map((t) => [t, true]));
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: a long training graph is deeper than the call stack.
  const stack = targets.map((tensor) => ({ tensor, entered: false }));
  while (stack.length) {
    const { tensor, entered } = stack.pop()!;
    const { node } = tensor;
    if (!node) {
      if (!leads.has(tensor)) leads.set(tensor, false);
      continue;
    }
    if (!entered) {
      if (seen.has(node)) continue;
      seen.add(node);
      stack.push({ tensor, entered: true });
      for (const input of inputsOf(node)) stack.push({ tensor: input, entered: false });
      continue;
    }
    const reaches = inputsOf(node).some((t) => leads.get(t));
    for (const t of node.outputs) if (!leads.get(t)) leads.set(t, reaches);
    if (reaches) order.push(node);
  }
  return order;
}

/**
 * @param inputs those that are read again; by default all
 * @throws GradientError where a state tensor that the call read was assigned since
 */
export function checkVersions(node: Node, isRead: (input: Tensor) => boolean = () => true): void {
  node.inputs.forEach((t, i) => {
    if (isRead(t) && t.version !== node.versions[i]) {
      throw new GradientError(
        `grad: a state tensor of shape [${t.shape}] was assigned after ${node.op.name} read it; take the gradient before the assignment`,
      );
    }
  });
}
