/** Functions that bring their own derivative: for a better formula than the chain rule finds, or a deliberately different one. */
import { applyComposite, type CompositeOp, detach, type Node, type Tensor } from '@ganvas/tensor';
import type { Rule } from './gradients.ts';
import { GradientError } from './history.ts';

/**
 * The answers for an upstream gradient `g`: for each input the product of g with the function's Jacobian, of that input's shape;
 * null for an input that gets no gradient. Written in ops, so it is differentiated where a second derivative is asked for.
 */
export type CustomRule<I extends readonly Tensor[]> = (
  g: Tensor,
  call: { inputs: I; output: Tensor },
) => readonly (Tensor | null)[];

const rules = new WeakMap<object, Rule>();

/** The rule of a call of a `customGradient` function. */
export const customRule = (node: Node): Rule | undefined => rules.get(node.op);

/**
 * `fn` with `rule` for its gradient: `customGradient((x) => x, (g) => [neg(g)])` reverses gradients, and
 * `customGradient(round, (g) => [g])` rounds and lets them through.
 *
 * The rule stands for everything inside `fn`: a tensor that `fn` uses and is not called with, a weight say, gets no gradient.
 * @param fn tensors to one tensor; it may use ops that have no derivative
 * @throws GradientError, when the gradient is taken, where the rule's answers do not fit the inputs
 */
export function customGradient<I extends readonly Tensor[]>(
  fn: (...inputs: I) => Tensor,
  rule: CustomRule<I>,
): (...inputs: I) => Tensor {
  return (...inputs) => {
    const op: CompositeOp = { name: 'customGradient', infer: () => {}, meaning: () => [detach(fn(...inputs))] };
    const [output] = applyComposite(op, inputs, {});
    rules.set(output!.node!.op, asRule(rule));
    return output!;
  };
}

const asRule =
  <I extends readonly Tensor[]>(rule: CustomRule<I>): Rule =>
  ([g], { inputs, outputs: [output] }) => {
    const answers = rule(g!, { inputs: inputs as unknown as I, output: output! });
    if (answers.length !== inputs.length) {
      throw new GradientError(
        `customGradient: the rule gave ${answers.length} gradients for ${inputs.length} inputs; give one each, or null`,
      );
    }
    return answers.map((answer, i) => {
      const { shape } = inputs[i]!;
      if (answer && answer.shape.join() !== shape.join()) {
        throw new GradientError(
          `customGradient: the rule gave a gradient of shape [${answer.shape}] for input ${i} of shape [${shape}]; they must be equal`,
        );
      }
      return answer && (() => answer);
    });
  };
