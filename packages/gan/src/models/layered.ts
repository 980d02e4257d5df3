/** A discriminator from its layers. */
import { type Module, nn } from '@ganvas/autograd';
import type { Discriminator } from './nets.ts';

/** One that is told no classes: its last layer makes logits [batch, 1] of the features [batch, features] that the others leave. */
export function layeredDiscriminator(layers: Readonly<Record<string, Module>>): Discriminator {
  const { parameters, buffers } = nn.sequential(layers);
  const trunk = nn.sequential(Object.fromEntries(Object.entries(layers).slice(0, -1)));
  const head = Object.values(layers).at(-1)!;
  return {
    parameters,
    buffers,
    forward(x, _labels, mode) {
      const features = trunk.forward(x, mode);
      return { logits: head.forward(features, mode), features, classLogits: null };
    },
  };
}
