/** A device without a GPU: tensors on it have memory in name only, so that programs can be recorded and compiled anywhere. */
import type { AdapterClass } from '@ganvas/kernels-wgsl';
import { Device } from '../../../packages/tensor/src/runtime/device.ts';

const GPUBufferUsage = { STORAGE: 0x80, COPY_SRC: 0x4, COPY_DST: 0x8 };

/** @param bindings storage buffers that one dispatch may bind; WebGPU promises 8 */
export function fakeDevice(bindings = 8, adapterClass: AdapterClass = 'swiftshader'): Device {
  Object.assign(globalThis, { GPUBufferUsage });
  const gpu = {
    features: new Set<string>(),
    limits: {
      maxComputeWorkgroupStorageSize: 16384,
      maxComputeInvocationsPerWorkgroup: 256,
      maxStorageBuffersPerShaderStage: bindings,
      maxBufferSize: 2 ** 28,
    },
    lost: new Promise(() => {}),
    addEventListener() {},
    createBuffer: ({ size }: GPUBufferDescriptor) => ({ size, destroy() {} }),
    createCommandEncoder: () => ({ copyBufferToBuffer() {}, finish: () => ({}) }),
    queue: { writeBuffer() {}, submit() {} },
  };
  const adapter = {
    name: 'no adapter',
    class: adapterClass,
    software: true,
    embedded: false,
    vendor: '',
    architecture: '',
    driver: '',
    backend: 'none',
  } as const;
  return new Device({
    gpu: gpu as unknown as GPUDevice,
    adapter,
    note: 'compiles, and runs nothing',
    wait: (work) => work,
    close() {},
  });
}
