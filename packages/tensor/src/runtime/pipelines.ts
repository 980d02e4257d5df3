/** Compute pipelines, one for each WGSL text, compiled when first needed or many at once in parallel. */
import type { Kernel } from '@ganvas/kernels-wgsl';
import { GpuError } from '../errors.ts';

export class PipelineCache {
  private readonly gpu: GPUDevice;
  private readonly pipelines = new Map<string, GPUComputePipeline>();

  constructor(gpu: GPUDevice) {
    this.gpu = gpu;
  }

  /** The kernel's pipeline, compiled now if it must be. */
  get(kernel: Kernel): GPUComputePipeline {
    let pipeline = this.pipelines.get(kernel.code);
    if (!pipeline) {
      pipeline = this.gpu.createComputePipeline(this.descriptor(kernel));
      this.pipelines.set(kernel.code, pipeline);
    }
    return pipeline;
  }

  /** Compiles what is missing of `kernels`, in parallel. */
  async prepare(kernels: Iterable<Kernel>): Promise<void> {
    const missing = new Map([...kernels].filter((k) => !this.pipelines.has(k.code)).map((k) => [k.code, k]));
    await Promise.all(
      [...missing.values()].map(async (kernel) => {
        try {
          this.pipelines.set(kernel.code, await this.gpu.createComputePipelineAsync(this.descriptor(kernel)));
        } catch (cause) {
          throw new GpuError(`kernel ${kernel.name} does not compile: ${(cause as Error).message}`, null, kernel.name);
        }
      }),
    );
  }

  private descriptor(kernel: Kernel): GPUComputePipelineDescriptor {
    const module = this.gpu.createShaderModule({ label: kernel.name, code: kernel.code });
    return { label: kernel.name, layout: 'auto', compute: { module, entryPoint: 'main' } };
  }
}
