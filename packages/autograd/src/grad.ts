/**
 * Reverse-mode differentiation: one walk over the recorded op calls, from the loss back to what is asked for. What it records
 * are op calls too, so the result can be differentiated again, fused and captured like everything else.
 */
import { add, full, type Node, reshape, type Shape, sum, type Tensor, tidy } from '@ganvas/tensor';
import { type Entry, GRADIENTS } from './gradients.ts';

/** A derivative that cannot be taken; the message names the op. */
export class GradientError extends Error {
  override name = 'GradientError';
}

export interface GradOptions {
  /** What to do where the loss does not depend on a tensor: an error (default), or a gradient of zeros. */
  unused?: 'error' | 'zero';
}

/** A gradient for each tensor of T: a tuple for a tuple, so that `const [dx, dw] = grad(loss, [x, w])` are tensors. */
export type Gradients<T extends readonly Tensor[]> = { -readonly [K in keyof T]: Tensor };

/**
 * Gradients of a scalar loss.
 * @param loss a tensor with one element
 * @param wrt tensors that the loss was computed from
 * @returns one gradient a tensor of `wrt`, of its shape
 * @throws GradientError where the loss is no scalar, does not depend on a tensor of `wrt`, depends on it through an op that has
 * no derivative, or on a state tensor that was assigned since
 */
export function grad<const T extends readonly Tensor[]>(
  loss: Tensor,
  wrt: T,
  { unused = 'error' }: GradOptions = {},
): Gradients<T> {
  if (loss.size !== 1)
    throw new GradientError(`grad: expected a loss of one element, got shape [${loss.shape}]; use sum or mean`);
  const order = nodesBetween(loss, wrt);
  const gradients = new Map<Tensor, Tensor>([[loss, full(loss.shape, 1, { device: loss.device })]]);
  const accumulate = (tensor: Tensor, gradient: Tensor) => {
    const known = gradients.get(tensor);
    const whole = sumTo(gradient, tensor.shape);
    gradients.set(tensor, known ? add(known, whole) : whole);
  };
  const needed = new Set<Tensor>([...wrt, ...order.flatMap((n) => n.outputs)]);
  for (const node of order.reverse()) {
    if (!node.outputs.some((t) => gradients.has(t))) continue;
    const upstream = node.outputs.map((t) => gradients.get(t) ?? full(t.shape, 0, { device: t.device }));
    const entry = entryOf(node);
    if (entry === 'constant') continue;
    if (entry === 'meaning') {
      node.meaning!.forEach((t, i) => {
        if (gradients.has(node.outputs[i]!)) accumulate(t, upstream[i]!);
      });
      continue;
    }
    if (entry === 'refuses')
      throw new GradientError(`grad: ${node.op.name} has no derivative; use detach() on its input if none should flow`);
    checkVersions(node);
    const answers = entry(upstream, node);
    answers.forEach((answer, i) => {
      const input = node.inputs[i]!;
      if (answer && needed.has(input)) accumulate(input, answer());
    });
  }
  const gradientOf = (t: Tensor, i: number): Tensor => {
    const gradient = gradients.get(t);
    if (gradient) return gradient;
    if (unused === 'zero') return full(t.shape, 0, { device: t.device });
    throw new GradientError(
      `grad: the loss does not depend on wrt[${i}] (shape [${t.shape}]); was it cut off by tidy, detach or a comparison?`,
    );
  };
  return wrt.map(gradientOf) as Gradients<T>;
}

/**
 * Calls `fn` with `inputs` and differentiates its result. Outside `capture` everything but the results is freed (`tidy`).
 * @returns the loss, and its gradient with respect to each input
 */
export function valueAndGrad<const T extends readonly Tensor[]>(
  fn: (...inputs: T) => Tensor,
  inputs: T,
): { value: Tensor; gradients: Gradients<T> } {
  return tidy(() => {
    const value = fn(...inputs);
    return { value, gradients: grad(value, inputs) };
  });
}

/** Op calls on a path from any of `wrt` to `loss`, inputs before users. */
function nodesBetween(loss: Tensor, wrt: readonly Tensor[]): Node[] {
  const leads = new Map<Tensor, boolean>(wrt.map((t) => [t, true]));
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: a long training graph is deeper than the call stack.
  const stack: { tensor: Tensor; entered: boolean }[] = [{ tensor: loss, entered: false }];
  while (stack.length) {
    const top = stack.pop()!;
    const { tensor } = top;
    const { node } = tensor;
    if (!node) {
      if (!leads.has(tensor)) leads.set(tensor, false);
      continue;
    }
    const sources = entryOf(node) === 'meaning' ? node.meaning! : node.inputs;
    if (!top.entered) {
      if (seen.has(node)) continue;
      seen.add(node);
      stack.push({ tensor, entered: true });
      for (const input of sources) stack.push({ tensor: input, entered: false });
      continue;
    }
    const reaches = sources.some((t) => leads.get(t));
    for (const t of node.outputs) if (!leads.get(t)) leads.set(t, reaches);
    if (reaches) order.push(node);
  }
  return order;
}

/** The op's rule; a composite op without one is differentiated through its meaning. */
function entryOf(node: Node): Entry | 'meaning' {
  const entry = (GRADIENTS as Record<string, Entry | undefined>)[node.op.name];
  if (entry) return entry;
  return node.meaning ? 'meaning' : 'refuses';
}

/** Sums over the axes along which an input of `shape` was broadcast. */
function sumTo(gradient: Tensor, shape: Shape): Tensor {
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((d, axis) =>
    axis < lead || (shape[axis - lead] === 1 && d !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return gradient;
  return reshape(sum(gradient, axes), shape);
}

function checkVersions(node: Node): void {
  node.inputs.forEach((t, i) => {
    if (t.version !== node.versions[i]) {
      throw new GradientError(
        `grad: a state tensor of shape [${t.shape}] was assigned after ${node.op.name} read it; take the gradient before the assignment`,
      );
    }
  });
}
