/**
 * A program's values in an ONNX graph. A value may lie there with its axes in another order: images are NCHW where convolutions want
 * them, and stay so through elementwise work until somebody asks for our order. So a Transpose appears only where two orders meet,
 * and each at most once.
 */
import type { DType, TypedArray, ValueId } from '@ganvas/tensor';
import type { RecordedNet } from '../recorded-net.ts';
import { turned } from '../torch-layout.ts';
import { OnnxGraph } from './graph.ts';

/** Axis i of what lies in the graph is axis `order[i]` of the value. */
type Order = readonly number[];

export const CHANNELS_FIRST: Order = [0, 3, 1, 2];
export const inOrder = (rank: number): Order => Array.from({ length: rank }, (_, axis) => axis);
const isInOrder = (order: Order): boolean => order.every((axis, i) => axis === i);

export interface OnnxSource {
  /** Recorded for one size of the batch. */
  net: RecordedNet;
  /** The same for another size: a size that differs between them is the batch's. */
  other: RecordedNet;
  /** Values of what the program reads, but for its inputs. */
  data: ReadonlyMap<ValueId, TypedArray>;
  /** Puts the node that makes a value into the graph. */
  produce(id: ValueId): void;
}

export class OnnxValues {
  readonly graph = new OnnxGraph();
  private readonly known = new Map<ValueId, { name: string; order: Order }[]>();

  private readonly net: RecordedNet;
  private readonly other: RecordedNet;
  private readonly data: ReadonlyMap<ValueId, TypedArray>;
  private readonly produce: (id: ValueId) => void;

  constructor({ net, other, data, produce }: OnnxSource) {
    [this.net, this.other, this.data, this.produce] = [net, other, data, produce];
    for (const [id, name] of net.inputs) this.define(id, this.graph.unique(name));
  }

  /** Sizes of a value's axes, null for one that grows with the batch. */
  sizes(id: ValueId): (number | null)[] {
    const other = this.other.program.values[id]!.shape;
    return this.shape(id).map((size, axis) => (size === other[axis] ? size : null));
  }

  shape(id: ValueId): readonly number[] {
    return this.net.program.values[id]!.shape;
  }

  dtype(id: ValueId): DType {
    return this.net.program.values[id]!.dtype;
  }

  isWhole(id: ValueId): boolean {
    return this.dtype(id) !== 'f32';
  }

  define(id: ValueId, name: string, order: Order = inOrder(this.shape(id).length)): void {
    this.known.set(id, [...(this.known.get(id) ?? []), { name, order }]);
  }

  /** The name of a value, its axes in this order. */
  get(id: ValueId, order: Order = inOrder(this.shape(id).length)): string {
    const found = this.lying(id).find((lying) => lying.order.join() === order.join());
    if (found) return found.name;
    const data = this.data.get(id);
    const name = data ? this.constant(id, data, order) : this.turn(id, order);
    this.define(id, name, order);
    return name;
  }

  /** The order in which a value lies in the graph: ours only where it lies in no other. */
  orderOf(id: ValueId): Order {
    const own = this.lying(id).find(({ order }) => !isInOrder(order));
    return own?.order ?? inOrder(this.shape(id).length);
  }

  /** The name of a value that broadcasts to one that lies in some order. */
  broadcasting(id: ValueId, order: Order): string {
    const rank = this.shape(id).length;
    if (rank === order.length) return this.get(id, order);
    if (rank === 0 || isInOrder(order)) return this.get(id);
    const { graph } = this;
    if (rank === 1) {
      const behind = order.length - 1 - order.indexOf(order.length - 1);
      return behind === 0
        ? this.get(id)
        : graph.node('Unsqueeze', [this.get(id), graph.list(inOrder(behind).map((i) => i + 1))]);
    }
    const whole = graph.node('Unsqueeze', [this.get(id), graph.list(inOrder(order.length - rank))]);
    return graph.node('Transpose', [whole], { perm: order });
  }

  /** Lets `to` be what `from` is, wherever that lies; axis i of `to` is axis `permutation[i]` of `from`. */
  alias(to: ValueId, from: ValueId, permutation: Order = inOrder(this.shape(from).length)): void {
    if (this.data.has(from)) this.get(from);
    for (const { name, order } of this.lying(from))
      this.define(
        to,
        name,
        order.map((axis) => permutation.indexOf(axis)),
      );
  }

  private lying(id: ValueId): readonly { name: string; order: Order }[] {
    if (!this.known.has(id) && !this.data.has(id)) this.produce(id);
    return this.known.get(id) ?? [];
  }

  private turn(id: ValueId, order: Order): string {
    const { name, order: from } = this.lying(id)[0]!;
    return this.graph.node('Transpose', [name], { perm: order.map((axis) => from.indexOf(axis)) });
  }

  private constant(id: ValueId, data: TypedArray, order: Order): string {
    const name = this.net.names.get(id) ?? 'constant';
    const dims = order.map((axis) => this.shape(id)[axis]!);
    const source = turned(this.shape(id), order);
    if (data instanceof Float32Array)
      return this.graph.floats(
        name,
        dims,
        Float32Array.from(source, (at) => data[at]!),
      );
    return this.graph.wholes(
      name,
      dims,
      Array.from(source, (at) => data[at]!),
    );
  }
}
