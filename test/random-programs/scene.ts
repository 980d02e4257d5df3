/** A random program while it is recorded: its values so far, and how the numbers of a recipe pick among them. */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { broadcastTo, mean, reshape, type Shape, type Tensor } from '@ganvas/tensor';
import type { World } from './world.ts';

/** A larger value is averaged along its longest axis. */
const MOST_ELEMENTS = 200;
/** Older values are out of sight. */
const IN_SIGHT = 8;

export class Scene {
  readonly world: World;
  /** f32 values, the latest last. */
  readonly known: Tensor[];
  /** Those that the program has computed. */
  readonly made: Tensor[] = [];
  #numbers: readonly number[] = [];
  #next = 0;

  constructor(world: World) {
    this.world = world;
    this.known = [world.packed, ...world.states, world.input([2, 3, 4, 2]), world.input([6, 1]), world.input([6, 4])];
  }

  /** The numbers by which the next action picks; when they are used up, it picks the first of everything. */
  follow(numbers: readonly number[]): this {
    this.#numbers = numbers;
    this.#next = 0;
    return this;
  }

  pick<T>(list: readonly T[]): T {
    const number = this.#numbers[this.#next++] ?? 0;
    return list[number % list.length]!;
  }

  make(t: Tensor): Tensor {
    const longest = t.shape.indexOf(Math.max(...t.shape));
    const made = t.size > MOST_ELEMENTS ? mean(t, longest) : t;
    this.made.push(made);
    return this.see(made);
  }

  see(t: Tensor): Tensor {
    this.known.push(t);
    return t;
  }

  /** One of the latest values, here those for which `fits` holds. */
  operand(fits: (t: Tensor) => boolean = () => true): Tensor | undefined {
    const latest = this.known.filter(fits).slice(-IN_SIGHT).reverse();
    return latest.length > 0 ? this.pick(latest) : undefined;
  }

  any(): Tensor {
    return this.operand()!;
  }

  /** One whose last axes are a matrix. */
  matrix(): Tensor {
    return this.operand((t) => t.shape.length >= 2) ?? this.world.input([6, 4]);
  }

  /** [batch, height, width, channels]. */
  image(): Tensor {
    return this.operand((t) => t.shape.length === 4) ?? this.world.input([2, 4, 4, 3]);
  }

  /** A value that broadcasts with x. */
  beside(x: Tensor): Tensor {
    return this.operand((t) => sizeOf(broadcast(t.shape, x.shape) ?? [MOST_ELEMENTS + 1]) <= MOST_ELEMENTS) ?? x;
  }

  /** A value that broadcasts to the shape of y. */
  within(y: Tensor): Tensor {
    return this.operand((t) => broadcast(t.shape, y.shape)?.join() === y.shape.join()) ?? y;
  }

  /** A value of this very shape. */
  exactly(shape: Shape): Tensor {
    const reaches = (t: Tensor) => t.size === sizeOf(shape) || broadcast(t.shape, shape)?.join() === shape.join();
    const value = this.operand(reaches) ?? this.world.input(shape);
    return value.size === sizeOf(shape) ? reshape(value, shape) : broadcastTo(value, shape);
  }
}

/** What two shapes broadcast to; null where they do not. */
export function broadcast(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number) => shape[axis - rank + shape.length] ?? 1;
  const sizes = Array.from({ length: rank }, (_, axis) => [at(a, axis), at(b, axis)] as const);
  return sizes.every(([x, y]) => x === y || x === 1 || y === 1) ? sizes.map(([x, y]) => Math.max(x, y)) : null;
}
