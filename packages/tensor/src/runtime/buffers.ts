/** Buffers for tensors outside captured steps: freed ones are kept for the next tensor of the same size. */

import { Storage } from '../storage.ts';
import type { Device } from './device.ts';

/** WebGPU aligns the ranges that a dispatch binds to 256 bytes; sizes are rounded to it, so that nearby sizes share. */
export const ALIGNMENT = 256;

/** Freed memory beyond this is given back to the device at once. */
const KEEP_BYTES = 256 * 2 ** 20;

export class BufferPool {
  private readonly device: Device;
  private readonly free = new Map<number, GPUBuffer[]>();
  private kept = 0;
  /** Bytes in buffers that tensors hold. */
  inUse = 0;

  constructor(device: Device) {
    this.device = device;
  }

  allocate(bytes: number): Storage {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const reused = this.free.get(size)?.pop();
    if (reused) this.kept -= size;
    const buffer = reused ?? this.device.createBuffer(size);
    this.inUse += size;
    return new Storage(this.device, buffer, () => this.release(buffer, size));
  }

  private release(buffer: GPUBuffer, size: number): void {
    this.inUse -= size;
    if (this.kept + size > KEEP_BYTES) {
      buffer.destroy();
      return;
    }
    this.kept += size;
    const list = this.free.get(size);
    if (list) list.push(buffer);
    else this.free.set(size, [buffer]);
  }
}
