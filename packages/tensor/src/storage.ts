/** A GPU buffer that tensors share: views made by `reshape`, the ranges of an optimiser's parameters. */
import type { Device } from './runtime/device.ts';

export class Storage {
  readonly device: Device;
  readonly buffer: GPUBuffer;
  /** Counts writes by effects (`assign`, an optimiser, a replay), so that stale host copies and stale gradients are found. */
  version = 0;
  private references = 0;
  private readonly release: () => void;

  constructor(device: Device, buffer: GPUBuffer, release: () => void) {
    this.device = device;
    this.buffer = buffer;
    this.release = release;
  }

  retain(): this {
    this.references++;
    return this;
  }

  /** Gives one reference back; the last one frees the buffer. */
  drop(): void {
    if (--this.references === 0) this.release();
  }

  get alive(): boolean {
    return this.references > 0;
  }
}
