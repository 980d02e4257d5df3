/**
 * A tensor: a shape, a dtype, and either memory on the device or (inside `capture`) the node that will compute it. It is a
 * plain handle: ops are functions, and nothing is freed by the garbage collector: `dispose` and `tidy` do that.
 */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { arrayType, byteLength, type DType, dtypeOf, encode, type TypedArray } from './dtype.ts';
import { TensorError } from './errors.ts';
import { formatTensor } from './format.ts';
import type { Node, TensorSpec } from './op.ts';
import type { Device } from './runtime/device.ts';
import { formatShape, type Shape } from './shape.ts';
import type { Storage } from './storage.ts';

export class Tensor implements TensorSpec {
  readonly device: Device;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The op call that made this tensor; null for data, state, and whatever `tidy` or `detach` cut off from its history. */
  node: Node | null;
  /** Which of the node's outputs this is. */
  readonly index: number;
  /** Memory on the device; null while it is only recorded, and after `dispose`. */
  storage: Storage | null = null;
  /** Where this tensor's bytes start in the storage's buffer. */
  offset = 0;
  /** Set for state tensors, which `assign` and optimisers may write. */
  isState = false;
  private disposed = false;
  private host: { values: TypedArray; version: number } | null = null;

  constructor(device: Device, spec: TensorSpec, origin: { node: Node; index: number } | null = null) {
    this.device = device;
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.node = origin?.node ?? null;
    this.index = origin?.index ?? 0;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  get bytes(): number {
    return byteLength(this.dtype, this.size);
  }

  get version(): number {
    return this.storage?.version ?? 0;
  }

  /** Takes a place in a storage. */
  place(storage: Storage, offset = 0): this {
    storage.retain();
    this.storage?.drop();
    this.storage = storage;
    this.offset = offset;
    return this;
  }

  /**
   * The values, row-major, copied to the host when everything submitted before has run.
   * @throws TensorError inside `capture` or after `dispose`; GpuError or DeviceLostError where the device failed
   */
  async data(): Promise<TypedArray> {
    const storage = this.memory('data');
    const version = storage.version;
    const values = await this.device.read(storage.buffer, this.offset, this.dtype, this.size);
    this.host = { values, version };
    return values.slice();
  }

  /** The value of a one-element tensor. */
  async item(): Promise<number> {
    if (this.size !== 1)
      throw new TensorError(`item: expected a tensor of one element, got shape ${formatShape(this.shape)}`);
    return (await this.data())[0]!;
  }

  /** Overwrites a state tensor's values from the host, in order with the submitted work. */
  write(values: TypedArray): void {
    this.checkWritable('write');
    if (!(values instanceof arrayType(this.dtype)))
      throw new TensorError(`write: expected values of ${this.dtype}, got ${dtypeOf(values)}`);
    if (values.length !== this.size) {
      throw new TensorError(
        `write: expected ${this.size} values for shape ${formatShape(this.shape)}, got ${values.length}`,
      );
    }
    const storage = this.memory('write');
    this.device.write(storage.buffer, this.offset, encode(this.dtype, values));
    storage.version++;
  }

  /** Frees the memory (shared memory when its last tensor goes). A second call does nothing. */
  dispose(): void {
    this.disposed = true;
    this.storage?.drop();
    this.storage = null;
    this.node = null;
    this.host = null;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Throws unless this tensor may be an input of `op` on `device`. */
  checkUsable(op: string, device: Device): void {
    if (this.disposed)
      throw new TensorError(
        `${op}: an input of shape ${formatShape(this.shape)} was disposed (by dispose() or the end of a tidy)`,
      );
    if (this.device !== device)
      throw new TensorError(
        `${op}: inputs live on different devices (${device.adapter.name} and ${this.device.adapter.name})`,
      );
    if (this.storage && !this.storage.alive)
      throw new TensorError(`${op}: the memory of an input of shape ${formatShape(this.shape)} was freed`);
  }

  checkWritable(op: string): void {
    if (!this.isState)
      throw new TensorError(`${op}: only a state tensor can be written; make one with state(values, shape)`);
  }

  /**
   * The memory that holds the values; a constant gets its own now.
   * @throws TensorError, in the name of `what`, where there are no values: disposed, or only recorded
   */
  memory(what: string): Storage {
    if (this.node?.op.lazy && !this.storage) this.device.materialize(this);
    if (this.disposed)
      throw new TensorError(
        `${what}: the tensor of shape ${formatShape(this.shape)} was disposed (by dispose(), the end of a tidy, or with the step that returned it)`,
      );
    if (!this.storage) {
      throw new TensorError(
        `${what}: the tensor of shape ${formatShape(this.shape)} has no values: it was recorded inside capture; return it from the captured function and read it from the step's result`,
      );
    }
    return this.storage;
  }

  /** Remembers host values, so that `toString` can show them without a wait. */
  remember(values: TypedArray): this {
    this.host = { values, version: this.version };
    return this;
  }

  /** Values that the host has seen, where they are still the tensor's; else null. Not to be changed. */
  get hostValues(): TypedArray | null {
    return this.host && this.host.version === this.version ? this.host.values : null;
  }

  /** Shape and, where the host has seen them (after `await t.data()` or made from host data), values as NumPy prints them. */
  toString(): string {
    if (this.hostValues) return formatTensor(this, this.hostValues);
    if (this.disposed) return formatTensor(this, 'disposed');
    const there = this.storage ?? this.node?.op.lazy;
    return formatTensor(this, there ? 'values on the device: await t.data() first' : 'recorded, without values');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
