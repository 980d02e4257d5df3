/** How the values of a call reach the memory that a program reads an input from: written or copied in order, without a wait. */
import type { TypedArray } from '../dtype.ts';
import type { Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';

/** What a step is called with: a tensor, a typed array (a tensor of rank 1), or a number (an f32 scalar). */
export type StepInput = Tensor | TypedArray | number;

const scalar = new Float32Array(1);

export class InputFeed {
  private readonly tensor: Tensor;
  private readonly bytes: number;
  private readonly target: GPUBuffer;
  /** Where the runs copy from; null where the values are written once. Run i begins `i · stride` bytes behind the offset. */
  private source: GPUBuffer | null = null;
  private offset = 0;
  private stride = 0;
  /** The values of all runs of a repeat. */
  private upload: Storage | null = null;
  private uploadBytes = 0;

  /** @param tensor of the input's shape, with memory of its own */
  constructor(tensor: Tensor) {
    this.tensor = tensor;
    this.bytes = tensor.bytes;
    this.target = tensor.storage!.buffer;
  }

  /**
   * Takes the value of a call. A tensor is read anew by each run, as it then is; a typed array holds the values of all runs.
   * @throws TensorError where a tensor is disposed, lives on another device, or has no values
   */
  take(value: StepInput, runs: number): void {
    const { device } = this.tensor;
    this.source = null;
    this.stride = 0;
    if (value instanceof Tensor) {
      value.checkUsable('capture', device);
      const storage = value.memory('capture');
      // A step that returns its input is called with it again: it is there already.
      if (storage !== this.tensor.storage) this.source = storage.buffer;
      this.offset = value.offset;
    } else if (typeof value === 'number') {
      scalar[0] = value;
      device.write(this.target, 0, scalar);
    } else if (runs === 1) device.write(this.target, 0, value);
    else this.takeAll(value, runs);
  }

  private takeAll(values: TypedArray, runs: number): void {
    const { device } = this.tensor;
    if (this.uploadBytes < runs * this.bytes) {
      this.dispose();
      this.uploadBytes = runs * this.bytes;
      this.upload = device.allocate(this.uploadBytes).retain();
    }
    const { buffer } = this.upload!;
    const length = values.length / runs;
    // Bytes that do not fill words are padded, run by run.
    if (values.byteLength === runs * this.bytes) device.write(buffer, 0, values);
    else
      for (let i = 0; i < runs; i++)
        device.write(buffer, i * this.bytes, values.subarray(i * length, (i + 1) * length));
    this.source = buffer;
    this.offset = 0;
    this.stride = this.bytes;
  }

  /** Encodes what run `run` needs before it. */
  copy(encoder: GPUCommandEncoder, run: number): void {
    if (this.source)
      encoder.copyBufferToBuffer(this.source, this.offset + run * this.stride, this.target, 0, this.bytes);
  }

  dispose(): void {
    this.upload?.drop();
    this.upload = null;
    this.uploadBytes = 0;
  }
}
