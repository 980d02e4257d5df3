/** Layers as plain objects: named tensors and a function. No base class, no registration. */
import type { Tensor } from '@ganvas/tensor';

/**
 * `train`: batch statistics are used and running statistics updated, dropout drops, spectral norms are followed. `eval`: what
 * training has left is used, and nothing changes. `{ batches }`: training on so many batches at once, of as many examples each,
 * that lie behind one another along x's first axis. Layers that look at their batch as a whole look at each by itself.
 */
export type Mode = 'train' | 'eval' | { readonly batches: number };

/** How many batches x holds. */
export const batchesIn = (mode: Mode = 'train'): number => (typeof mode === 'object' ? mode.batches : 1);

export interface Module {
  /** What an optimiser changes, by PyTorch's names: `weight`, `bias`; nested names are joined by dots. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** State that is saved but not trained: `running_mean`, `running_var`, `weight_u`, a dropout's `generator`. */
  readonly buffers: Readonly<Record<string, Tensor>>;
  forward(x: Tensor, mode?: Mode): Tensor;
  /** What it is, by PyTorch's name: `Conv2d`. For people; see `summary`. */
  readonly type?: string;
  /** What it is made of, in the order of the calls: see `sequential`. */
  readonly layers?: Readonly<Record<string, Module>>;
}

/** A module without tensors: an activation, a reshape. */
export const fn = (forward: (x: Tensor, mode?: Mode) => Tensor, type?: string): Module => ({
  parameters: {},
  buffers: {},
  forward,
  ...(type && { type }),
});

/** Modules one after another. A key names its module's tensors: `{ conv1: conv2d(…) }` gives `conv1.weight`. */
export function sequential(layers: Readonly<Record<string, Module>>): Module {
  const collect = (kind: 'parameters' | 'buffers') =>
    Object.fromEntries(
      Object.entries(layers).flatMap(([name, layer]) =>
        Object.entries(layer[kind]).map(([key, t]) => [`${name}.${key}`, t]),
      ),
    );
  return {
    type: 'Sequential',
    layers,
    parameters: collect('parameters'),
    buffers: collect('buffers'),
    forward: (x, mode = 'train') => Object.values(layers).reduce((value, layer) => layer.forward(value, mode), x),
  };
}
