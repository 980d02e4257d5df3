/**
 * Reverse-mode differentiation: one walk over the recorded op calls, from the loss back to what is asked for. What it records
 * are op calls too, so the result can be differentiated again, fused and captured like everything else.
 */
import { add, cast, full, type Node, reshape, type Shape, sum, type Tensor, tidy } from '@ganvas/tensor';
import { isCheckpoint, recompute } from './checkpoint.ts';
import { customRule } from './custom-gradient.ts';
import { type Entry, GRADIENTS } from './gradients.ts';
import { checkVersions, GradientError, nodesBetween } from './history.ts';

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
  const one = full(loss.shape, 1, { dtype: loss.dtype, device: loss.device });
  return pullBack([loss], [one], wrt).map((gradient, i) => {
    if (gradient) return gradient;
    const t = wrt[i]!;
    if (unused === 'zero') return full(t.shape, 0, { device: t.device });
    throw new GradientError(
      `grad: the loss does not depend on wrt[${i}] (shape [${t.shape}]); was it cut off by tidy, detach or a comparison?`,
    );
  }) as Gradients<T>;
}

/**
 * The vector-Jacobian product Σ cotangentᵢ · ∂targetᵢ/∂wrt, in one walk.
 * @returns one tensor a tensor of `wrt`, of its shape; undefined where no target depends on it
 */
export function pullBack(
  targets: readonly Tensor[],
  cotangents: readonly Tensor[],
  wrt: readonly Tensor[],
): (Tensor | undefined)[] {
  const order = nodesBetween(wrt, targets, sourcesOf);
  const gradients: Cotangents = new Map();
  targets.forEach((t, i) => {
    accumulate(gradients, t, cotangents[i]!);
  });
  backpropagate(order, gradients, new Set<Tensor>([...wrt, ...order.flatMap((n) => n.outputs)]));
  return wrt.map((t) => gradients.get(t));
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

/** The loss's gradient with respect to each tensor that the walk has met. */
type Cotangents = Map<Tensor, Tensor>;

/** Goes backwards through `order` (inputs before users): from the gradients of a call's outputs to those of its `needed` inputs. */
function backpropagate(order: readonly Node[], gradients: Cotangents, needed: ReadonlySet<Tensor>): void {
  for (const node of order.toReversed()) {
    if (!node.outputs.some((t) => gradients.has(t))) continue;
    const entry = entryOf(node);
    if (entry === 'constant') continue;
    if (entry === 'refuses')
      throw new GradientError(`grad: ${node.op.name} has no derivative; use detach() on its input if none should flow`);
    if (entry === 'meaning') {
      passOn(gradients, node.outputs, gradients, node.meaning!);
      continue;
    }
    checkVersions(node);
    if (entry === 'recompute') {
      const again = recompute(node);
      const inner: Cotangents = new Map();
      passOn(gradients, node.outputs, inner, again.outputs);
      const starts = again.inputs.filter((_, i) => needed.has(node.inputs[i]!));
      backpropagate(again.nodes, inner, new Set([...starts, ...again.nodes.flatMap((n) => n.outputs)]));
      passOn(inner, again.inputs, gradients, node.inputs);
      continue;
    }
    if (entry === 'cast') {
      const input = node.inputs[0]!;
      if (needed.has(input) && (input.dtype === 'f32' || input.dtype === 'f16'))
        accumulate(gradients, input, cast(gradients.get(node.outputs[0]!)!, input.dtype));
      continue;
    }
    const upstream = node.outputs.map(
      (t) => gradients.get(t) ?? full(t.shape, 0, { dtype: t.dtype, device: t.device }),
    );
    entry(upstream, node).forEach((answer, i) => {
      const input = node.inputs[i]!;
      if (answer && needed.has(input)) accumulate(gradients, input, answer());
    });
  }
}

function accumulate(gradients: Cotangents, tensor: Tensor, gradient: Tensor): void {
  const known = gradients.get(tensor);
  const whole = sumTo(gradient, tensor.shape);
  gradients.set(tensor, known ? add(known, whole) : whole);
}

/** What has come to a tensor of `from` comes to the one at its place in `to`. */
function passOn(source: Cotangents, from: readonly Tensor[], target: Cotangents, to: readonly Tensor[]): void {
  from.forEach((t, i) => {
    const gradient = source.get(t);
    if (gradient) accumulate(target, to[i]!, gradient);
  });
}

/** How gradients go through a call: the op's rule; a composite op without one is differentiated through its meaning. */
function entryOf(node: Node): Entry | 'meaning' | 'recompute' {
  if (isCheckpoint(node)) return 'recompute';
  const entry = customRule(node) ?? (GRADIENTS as Record<string, Entry | undefined>)[node.op.name];
  if (entry) return entry;
  return node.meaning ? 'meaning' : 'refuses';
}

/** What gradients of a call's outputs flow to. */
const sourcesOf = (node: Node): readonly Tensor[] => (entryOf(node) === 'meaning' ? node.meaning! : node.inputs);

/** Sums over the axes along which an input of `shape` was broadcast. */
function sumTo(gradient: Tensor, shape: Shape): Tensor {
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((d, axis) =>
    axis < lead || (shape[axis - lead] === 1 && d !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return gradient;
  return reshape(sum(gradient, axes), shape);
}
