/** What a random program finds when it starts: inputs and states, whose contents the host knows. */
import { Rng, sizeOf } from '@ganvas/kernels-wgsl';
import { packStates, type Shape, state, type Tensor, type TypedArray, tensor, unpackStates } from '@ganvas/tensor';

/** Multiples of 1/8 in [-1, 1], exact in f32; the same for the same seed. */
function eighths(seed: number, size: number): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: size }, () => (rng.below(17) - 8) / 8);
}

export class World {
  readonly #contents = new Map<Tensor, TypedArray>();
  readonly #inputs = new Map<string, Tensor>();
  /** f32 states of several shapes; the last two are ranges of `packed`, and the first is another tensor over the first of these. */
  readonly states: readonly Tensor[];
  readonly packed: Tensor;
  /** Adam's moments of `packed`, and [step, learning rate]. */
  readonly moments: readonly [Tensor, Tensor];
  readonly hyper: Tensor;
  /** i32 [4], one of them a state. */
  readonly whole: Tensor;
  readonly count: Tensor;
  readonly generator: Tensor;
  /** u8 [5, 3, 4] and u32 [2]. */
  readonly bytes: Tensor;
  readonly indices: Tensor;

  constructor() {
    const own = (make: typeof tensor, values: TypedArray, shape: Shape): Tensor => {
      const made = make(values, shape);
      this.#contents.set(made, values);
      return made;
    };
    const shapes = [[6, 4], [2, 3, 4], [4], [4, 4], [3, 4], [12]];
    const states = shapes.map((shape, i) => own(state, eighths(100 + i, sizeOf(shape)), shape));
    const ranges = states.slice(-2);
    this.packed = packStates(ranges);
    const flat = new Float32Array(this.packed.size);
    for (const t of ranges) flat.set(this.contents(t) as Float32Array, t.offset / 4);
    this.#contents.set(this.packed, flat);
    const twin = unpackStates(this.packed, ranges)[0]!;
    this.#contents.set(twin, this.contents(ranges[0]!));
    this.states = [twin, ...states];
    const zeros = () => own(state, new Float32Array(this.packed.size), [this.packed.size]);
    this.moments = [zeros(), zeros()];
    this.hyper = own(tensor, Float32Array.of(3, 0.125), [2]);
    this.whole = own(tensor, Int32Array.of(-3, 0, 2, 7), [4]);
    this.count = own(state, Int32Array.of(1, -2, 3, 40), [4]);
    this.generator = own(state, Uint32Array.of(7, 9, 2 ** 32 - 9, 0), [4]);
    this.bytes = own(
      tensor,
      Uint8Array.from({ length: 60 }, (_, i) => (i * 37) % 256),
      [5, 3, 4],
    );
    this.indices = own(tensor, Uint32Array.of(3, 1), [2]);
  }

  /** The one input of this shape. */
  input(shape: Shape): Tensor {
    const key = shape.join();
    let known = this.#inputs.get(key);
    if (!known) {
      const values = eighths(
        shape.reduce((hash, d) => 31 * hash + d, shape.length),
        sizeOf(shape),
      );
      known = tensor(values, [...shape]);
      this.#inputs.set(key, known);
      this.#contents.set(known, values);
    }
    return known;
  }

  /** What a tensor of this world holds before anything has run. */
  contents(tensor: Tensor): TypedArray {
    const known = this.#contents.get(tensor);
    if (!known) throw new Error(`World: a tensor of shape [${tensor.shape}] is not of this world`);
    return known;
  }

  /** True for a tensor that was there before the program. */
  has(tensor: Tensor): boolean {
    return this.#contents.has(tensor);
  }

  /** All states as they were. */
  reset(): void {
    for (const [t, values] of this.#contents) if (t.isState) t.write(values);
  }

  dispose(): void {
    for (const t of this.#contents.keys()) t.dispose();
  }
}
