/** Compute pipelines, one for each WGSL text, compiled when first needed or many at once in parallel. */
import type { Kernel } from '@ganvas/kernels-wgsl';
import { GpuError } from '../errors.ts';
import type { Device } from './device.ts';
import { labelOf } from './label.ts';

/** A kernel, and the ops that it runs for: named in the errors of whichever work needs it first. */
export interface KernelUse {
  kernel: Kernel;
  label: string;
}

export class PipelineCache {
  private readonly device: Device;
  private readonly pipelines = new Map<string, GPUComputePipeline>();

  constructor(device: Device) {
    this.device = device;
  }

  /** The kernel's pipeline, compiled now if it must be. */
  get(use: KernelUse): GPUComputePipeline {
    let pipeline = this.pipelines.get(use.kernel.code);
    if (!pipeline) {
      pipeline = this.device.gpu.createComputePipeline(this.descriptor(use));
      this.pipelines.set(use.kernel.code, pipeline);
    }
    return pipeline;
  }

  /** Compiles what is missing, in parallel. */
  async prepare(uses: readonly KernelUse[]): Promise<void> {
    const missing = new Map(uses.filter((u) => !this.pipelines.has(u.kernel.code)).map((u) => [u.kernel.code, u]));
    const compiling = Promise.all(
      [...missing.values()].map(async (use) => {
        const { kernel, label } = use;
        const descriptor = this.descriptor(use);
        try {
          this.pipelines.set(kernel.code, await this.device.gpu.createComputePipelineAsync(descriptor));
        } catch (cause) {
          const { messages } = await descriptor.compute.module.getCompilationInfo();
          const errors = messages
            .filter((m) => m.type === 'error')
            .map((m) => `${m.lineNum}:${m.linePos} ${m.message}`);
          const why = errors.join('; ') || (cause as Error).message;
          throw new GpuError(`${label}: kernel ${kernel.name} does not compile: ${why}`, label, kernel.name);
        }
      }),
    );
    await this.device.wait(compiling);
  }

  private descriptor({ kernel, label: op }: KernelUse): GPUComputePipelineDescriptor {
    const label = labelOf(op, kernel.name);
    const module = this.device.gpu.createShaderModule({ label, code: kernel.code });
    return { label, layout: 'auto', compute: { module, entryPoint: 'main' } };
  }
}
