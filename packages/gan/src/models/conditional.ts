/** What nets that are told a class are made of. */
import type { Mode, Module } from '@ganvas/autograd';
import { ShapeError, type Tensor } from '@ganvas/tensor';

/** A layer that may look at the labels, u32 [batch]. Every `Module` is one that does not. */
export interface ConditionalModule extends Pick<Module, 'parameters' | 'buffers'> {
  forward(x: Tensor, mode: Mode, labels: Tensor): Tensor;
}

/** Parameters and buffers of a net's parts, each under its part's name: `embed.weight`. */
export function tensorsOf(parts: Readonly<Record<string, Pick<Module, 'parameters' | 'buffers'>>>) {
  const collect = (kind: 'parameters' | 'buffers'): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(parts).flatMap(([part, tensors]) =>
        Object.entries(tensors[kind]).map(([name, t]) => [`${part}.${name}`, t]),
      ),
    );
  return { parameters: collect('parameters'), buffers: collect('buffers') };
}

/** @throws ShapeError where a net that is told classes is given no labels */
export function labelsFor(net: string, labels: Tensor | null): Tensor {
  if (labels) return labels;
  throw new ShapeError(`${net}: expected labels, u32 [batch], got null; it is told the class of each example`);
}
