/** Mappable buffers through which values come back to the host. */
import type { Device } from './device.ts';

export function createMappable(device: Device, size: number): GPUBuffer {
  device.statistics.buffers++;
  return device.gpu.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
}

/** A copy of the first `bytes` of a buffer that has been mapped; the buffer is free for the device again. */
export function readMapped(buffer: GPUBuffer, bytes: number): ArrayBuffer {
  const copy = buffer.getMappedRange(0, bytes).slice(0);
  buffer.unmap();
  return copy;
}

/** Reads ranges of other buffers, through mappable ones that are reused from read to read. */
export class StagingBuffers {
  private readonly device: Device;
  private readonly free: GPUBuffer[] = [];

  constructor(device: Device) {
    this.device = device;
  }

  async read(source: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    const staging = this.take(bytes);
    const { gpu } = this.device;
    const encoder = gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(source, offset, staging, 0, bytes);
    gpu.queue.submit([encoder.finish()]);
    await this.device.wait(staging.mapAsync(GPUMapMode.READ, 0, bytes));
    const copy = readMapped(staging, bytes);
    this.free.push(staging);
    return copy;
  }

  private take(bytes: number): GPUBuffer {
    const index = this.free.findIndex((b) => b.size >= bytes);
    if (index >= 0) return this.free.splice(index, 1)[0]!;
    return createMappable(this.device, 2 ** Math.ceil(Math.log2(Math.max(bytes, 256))));
  }
}
