/**
 * Which axes of a program's values number the same things, and in which order PyTorch would number them.
 *
 * A disjoint-set forest over the axes of all values: each op ties axes of its inputs to axes of its outputs. What has an order of
 * its own is an axis into which [a, b, c] was flattened (an image, or a kernel's window, channels last): PyTorch has c first. An
 * axis that was joined from others has theirs, one after the other.
 */
import type { Program, ProgramNode, ValueId } from '@ganvas/tensor';

type Axis = number;

export class AxisOrders {
  private readonly values: Program['values'];
  /** Number of a value's first axis. */
  private readonly first: number[] = [];
  private readonly parent: Axis[] = [];
  /** Rows, columns and channels of an image that lies flat along the axis. */
  private readonly flattened: [Axis, readonly [number, number, number]][] = [];
  private readonly joined: [Axis, parts: readonly ValueId[], along: number][] = [];

  constructor({ values, nodes }: Program) {
    this.values = values;
    for (const { shape } of values) {
      this.first.push(this.parent.length);
      for (const _ of shape) this.parent.push(this.parent.length);
    }
    for (const node of nodes) this.read(node);
  }

  /**
   * PyTorch's order along an axis: its element i is our element `order[i]`. Null where they are the same.
   * @param name of the value, for the error
   * @throws Error where the axis is used in two orders
   */
  of(value: ValueId, axis: number, name: string): readonly number[] | null {
    const root = this.find(this.axis(value, axis));
    const orders = [
      ...this.flattened.filter(([a]) => this.find(a) === root).map(([, sizes]) => channelsFirst(sizes)),
      ...this.joined.filter(([a]) => this.find(a) === root).map(([, parts, along]) => this.ofParts(parts, along, name)),
    ];
    const [order] = orders;
    const other = orders.find((o) => o.join() !== order!.join());
    if (other)
      throw new Error(
        `export: ${name}: axis ${axis} is used in two orders of image elements, which PyTorch cannot have`,
      );
    return order?.some((at, i) => at !== i) ? order : null;
  }

  private ofParts(parts: readonly ValueId[], along: number, name: string): number[] {
    let end = 0;
    return parts.flatMap((part) => {
      const size = this.shape(part)[along]!;
      const begin = end;
      end += size;
      const order = this.of(part, along, name);
      return Array.from({ length: size }, (_, i) => begin + (order?.[i] ?? i));
    });
  }

  private axis(value: ValueId, axis: number): Axis {
    return this.first[value]! + axis;
  }

  private find(axis: Axis): Axis {
    let root = axis;
    while (this.parent[root] !== root) root = this.parent[root]!;
    this.parent[axis] = root;
    return root;
  }

  private shape(value: ValueId): readonly number[] {
    return this.values[value]!.shape;
  }

  /** Ties two axes, counted from the end where negative. Axes of size 1 have no order, and broadcasting would tie what differs. */
  private tie(a: ValueId, axisA: number, b: ValueId, axisB: number): void {
    const [from, to] = [
      axisA < 0 ? axisA + this.shape(a).length : axisA,
      axisB < 0 ? axisB + this.shape(b).length : axisB,
    ];
    if (from < 0 || to < 0 || this.shape(a)[from] !== this.shape(b)[to] || this.shape(a)[from] === 1) return;
    this.parent[this.find(this.axis(a, from))] = this.find(this.axis(b, to));
  }

  private read({ op, attrs, inputs, outputs, meaning }: ProgramNode): void {
    const [x, w] = inputs as [ValueId, ValueId];
    const [y] = outputs as [ValueId];
    const ofMatmul = attrs as { transposeA: boolean; transposeB: boolean };
    const { axis } = attrs as { axis: number };
    if (meaning) for (const [i, value] of meaning.entries()) this.alignRight(value, outputs[i]!);
    else if (op.name === 'reshape') this.reshape(x, y);
    else if (op.name === 'transpose')
      for (const [to, from] of (attrs as { permutation: number[] }).permutation.entries()) this.tie(x, from, y, to);
    else if (op.name === 'matmul') {
      this.tie(x, ofMatmul.transposeA ? -1 : -2, y, -2);
      this.tie(x, ofMatmul.transposeA ? -2 : -1, w, ofMatmul.transposeB ? -1 : -2);
      this.tie(w, ofMatmul.transposeB ? -2 : -1, y, -1);
    } else if (op.name === 'conv2d') {
      this.tie(x, 3, w, 2);
      this.tie(w, 3, y, 3);
    } else if (op.name === 'conv2dInputGrad') {
      this.tie(x, 3, w, 3);
      this.tie(w, 2, y, 3);
    } else if (op.name === 'gather') {
      for (let i = axis + 1 - this.shape(x).length; i < 0; i++) this.tie(x, i, y, i);
      for (const i of this.shape(w).keys()) this.tie(w, i, y, axis + i);
    } else if (op.name === 'concat') {
      this.joined.push([this.axis(y, axis), inputs, axis]);
      for (const part of inputs) for (const i of this.shape(y).keys()) if (i !== axis) this.tie(part, i, y, i);
    } else if ((attrs as { keepDims?: boolean }).keepDims === false) {
      const { axes } = attrs as { axes: number[] };
      const kept = [...this.shape(x).keys()].filter((i) => !axes.includes(i));
      for (const [to, from] of kept.entries()) this.tie(x, from, y, to);
    } else for (const input of y === undefined ? [] : inputs) this.alignRight(input, y);
  }

  /** Of what elementwise work reads and writes: axes of the same size, from the last on. */
  private alignRight(a: ValueId, b: ValueId): void {
    for (let i = 1; i <= this.shape(a).length; i++) this.tie(a, -i, b, -i);
  }

  /** [batch, a, b, c] ↔ [batch, abc], and a kernel [a, b, c, outputs] ↔ [abc, outputs]; else the axes that stay. */
  private reshape(x: ValueId, y: ValueId): void {
    const [wide, flat] = this.shape(x).length > this.shape(y).length ? [x, y] : [y, x];
    const [of, to] = [this.shape(wide), this.shape(flat)];
    if (of.length === 4 && to.length === 2)
      for (const end of [0, 1] as const) {
        const image = end === 0 ? of.slice(1) : of.slice(0, 3);
        if (of[end * 3] !== to[end] || image.filter((size) => size > 1).length < 2) continue;
        this.flattened.push([this.axis(flat, 1 - end), image as [number, number, number]]);
        this.tie(wide, end * 3, flat, end);
        return;
      }
    const long = (value: ValueId) => this.shape(value).flatMap((size, i) => (size === 1 ? [] : [i]));
    const [a, b] = [long(x), long(y)];
    for (let i = 0; i < Math.min(a.length, b.length) && this.shape(x)[a[i]!] === this.shape(y)[b[i]!]; i++)
      this.tie(x, a[i]!, y, b[i]!);
    for (let i = 1; i <= Math.min(a.length, b.length) && this.shape(x)[a.at(-i)!] === this.shape(y)[b.at(-i)!]; i++)
      this.tie(x, a.at(-i)!, y, b.at(-i)!);
  }
}

function channelsFirst([height, width, channels]: readonly [number, number, number]): number[] {
  return Array.from({ length: height * width * channels }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / (height * width)), i % (height * width)];
    return pixel * channels + channel;
  });
}
