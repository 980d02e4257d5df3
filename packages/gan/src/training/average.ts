/** The moving average of a generator: of its weights, and of its running statistics, which belong to them. */
import { weightAverage } from '@ganvas/autograd';
import { assign, type Tensor } from '@ganvas/tensor';
import type { Generator } from '../models/nets.ts';

export interface GeneratorAverage {
  /** One update, after the optimiser's. Works inside `capture`. */
  update(): void;
  /** Begins anew from the generator as it is. */
  start(): void;
  /** Exchanges the generator and its average: before an evaluation by the average, and again after it. */
  swap(): void;
  /** The averages under the generator's own names, and the number of updates. */
  readonly state: Readonly<Record<string, Tensor>>;
}

/** @param decay how much of the average stays at an update, in [0, 1) */
export function createAverage(G: Pick<Generator, 'parameters' | 'buffers'>, decay: number): GeneratorAverage {
  const running = Object.entries(G.buffers).filter(([, t]) => t.dtype === 'f32');
  const groups = [Object.entries(G.parameters), running].filter((group) => group.length > 0);
  const averages = groups.map((group) => {
    const tensors = group.map(([, t]) => t);
    return { names: group.map(([name]) => name), tensors, average: weightAverage(tensors, { decay }) };
  });
  return {
    update() {
      for (const { average } of averages) average.update();
    },
    start() {
      for (const { tensors, average } of averages) {
        for (const [i, t] of tensors.entries()) assign(average.state.shadow_params[i]!, t);
        average.state.num_updates[0].write(Float32Array.of(0));
      }
    },
    swap() {
      for (const { average } of averages) average.swap();
    },
    state: Object.fromEntries(
      averages.flatMap(({ names, average }, group) => [
        ...names.map((name, i) => [name, average.state.shadow_params[i]!] as const),
        [`num_updates.${group}`, average.state.num_updates[0]] as const,
      ]),
    ),
  };
}
