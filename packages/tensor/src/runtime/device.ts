/** An open device: where tensors live and programs run. */

import { shippedTables } from '#platform';
import type { DeviceTraits } from '../compile/choose.ts';
import { type CompileOptions, compile } from '../compile/compile.ts';
import type { Plan } from '../compile/plan-memory.ts';
import { byteLength, type DType, decode, type TypedArray } from '../dtype.ts';
import { DeviceLostError, GpuError } from '../errors.ts';
import {
  type AdapterDescription,
  type OpenedGpu,
  type OpenOptions,
  openGpu,
  userTuningStore,
} from '../platform/index.ts';
import type { Program } from '../program.ts';
import type { Storage } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import { type Choice, Choices, type Pins } from '../tuning/choices.ts';
import { shippedName } from '../tuning/kind.ts';
import { readMeasurements, rungsOf } from '../tuning/measured.ts';
import type { TuningStore } from '../tuning/store.ts';
import { BufferPool } from './buffers.ts';
import { isDefaultDevice, setDefaultDevice } from './default-device.ts';
import { createEagerExecutor, type EagerExecutor } from './eager.ts';
import { findLabel } from './label.ts';
import { findMatrixUnits } from './matrix-units.ts';
import { PipelineCache } from './pipelines.ts';
import { StagingBuffers } from './staging.ts';

/** What a device has created and submitted so far; a replayed step adds only submits and dispatches. */
export interface DeviceStatistics {
  buffers: number;
  bindGroups: number;
  submits: number;
  dispatches: number;
}

export interface DeviceOptions extends OpenOptions {
  /**
   * Where rungs measured by `npm run tune` are found. Default `auto`: the user's cache in Node, localStorage in a browser. With
   * `off` kernels are chosen by the tables that come with the package and the families' order.
   */
  tuning?: 'auto' | 'off' | TuningStore;
}

/**
 * Opens a device and makes it the default of `tensor`, `state`, `full` and the like.
 * @throws AdapterError where no adapter fits `options.adapter`
 */
export async function openDevice({ tuning = 'auto', ...options }: DeviceOptions = {}): Promise<Device> {
  const opened = await openGpu(options);
  const { gpu, languageFeatures, adapter } = opened;
  const { robustness = true, matmulPrecision = 'highest' } = options;
  const { measurements, remark } =
    tuning === 'off' || matmulPrecision !== 'highest'
      ? { measurements: {}, remark: null }
      : readMeasurements(tuning === 'auto' ? userTuningStore() : tuning, { adapter, robustness });
  // What was measured in full precision knows nothing of the rungs that `medium` admits, and would hide them.
  const shipped = matmulPrecision === 'highest' ? shippedTables[shippedName(adapter, robustness)] : undefined;
  const units = matmulPrecision === 'medium' ? await findMatrixUnits(gpu) : null;
  const choices = new Choices({ tuned: rungsOf(measurements), shipped });
  const note = [opened.note, remark, units?.remark].filter(Boolean).join('; ');
  const device = new Device({ ...opened, note }, choices, {
    features: new Set([...gpu.features, ...languageFeatures]),
    matmulPrecision,
    subgroupMatrices: units?.subgroupMatrices ?? [],
  });
  setDefaultDevice(device);
  return device;
}

export class Device {
  readonly gpu: GPUDevice;
  readonly adapter: AdapterDescription;
  /** One line for people: which adapter this is, why, and how to get a better one. */
  readonly note: string;
  readonly pipelines: PipelineCache;
  readonly pool: BufferPool;
  readonly traits: DeviceTraits;
  readonly statistics: DeviceStatistics = { buffers: 0, bindGroups: 0, submits: 0, dispatches: 0 };
  readonly eager: EagerExecutor;
  private readonly chosen: Choices;
  private readonly staging: StagingBuffers;
  private readonly opened: Pick<OpenedGpu, 'wait' | 'close'>;
  private failure: GpuError | null = null;
  private closed = false;

  constructor(
    opened: Omit<OpenedGpu, 'languageFeatures'>,
    choices: Choices = new Choices(),
    abilities: Partial<Pick<DeviceTraits, 'features' | 'matmulPrecision' | 'subgroupMatrices'>> = {},
  ) {
    const { gpu, adapter, note } = opened;
    this.gpu = gpu;
    this.adapter = adapter;
    this.note = note;
    this.opened = opened;
    this.chosen = choices;
    this.pipelines = new PipelineCache(this);
    this.pool = new BufferPool(this);
    this.staging = new StagingBuffers(this);
    this.traits = {
      adapter: adapter.class,
      features: new Set(gpu.features as unknown as Iterable<string>),
      workgroupStorage: gpu.limits.maxComputeWorkgroupStorageSize,
      invocations: gpu.limits.maxComputeInvocationsPerWorkgroup,
      bindings: gpu.limits.maxStorageBuffersPerShaderStage,
      subgroupSizes: [gpu.adapterInfo?.subgroupMinSize ?? 0, gpu.adapterInfo?.subgroupMaxSize ?? 0],
      matmulPrecision: 'highest',
      subgroupMatrices: [],
      choices: this.chosen,
      ...abilities,
    };
    this.eager = createEagerExecutor(this);
    gpu.addEventListener('uncapturederror', (event) => {
      event.preventDefault(); // reported by `check`, not on the terminal
      const { message } = (event as GPUUncapturedErrorEvent).error;
      const { op, kernel } = findLabel(message);
      const place = op ? `${op} (kernel ${kernel}): ` : '';
      this.failure ??= new GpuError(`${place}${message}`, op, kernel);
    });
    void gpu.lost.then((info) => {
      if (!this.closed)
        this.failure = new DeviceLostError(
          `the device ${adapter.name} was lost: ${info.message || info.reason}; open a new one`,
        );
    });
  }

  /** Throws what went wrong on the device since it was opened. Called wherever the host meets the device again. */
  check(): void {
    if (this.closed) throw new DeviceLostError(`the device ${this.adapter.name} is closed`);
    if (this.failure) throw this.failure;
  }

  /** Compiles for this device, and remembers what was chosen. */
  compile(program: Program, options?: CompileOptions): Plan {
    const plan = compile(program, this.traits, options);
    this.chosen.record(plan.choices);
    return plan;
  }

  /** The kernels that were chosen so far, and why: for `explainChoices`, and for `pinsOf`. */
  choices(): Choice[] {
    return this.chosen.list();
  }

  /** Prefers the rungs of an earlier run to all others. To be called before anything is compiled: what is, stays as it is. */
  pin(pins: Pins): void {
    this.chosen.pin(pins);
  }

  createBuffer(size: number): GPUBuffer {
    const limit = this.gpu.limits.maxBufferSize;
    if (size > limit)
      throw new GpuError(`a buffer of ${size} bytes is more than the ${limit} that ${this.adapter.name} allows`);
    this.statistics.buffers++;
    return this.gpu.createBuffer({
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }

  createBindGroup(label: string, pipeline: GPUComputePipeline, resources: readonly GPUBufferBinding[]): GPUBindGroup {
    this.statistics.bindGroups++;
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    return this.gpu.createBindGroup({ label, layout: pipeline.getBindGroupLayout(0), entries });
  }

  submit(commands: GPUCommandBuffer, dispatches: number): void {
    this.statistics.submits++;
    this.statistics.dispatches += dispatches;
    this.gpu.queue.submit([commands]);
  }

  /** Gives a recorded constant memory and its value. */
  materialize(tensor: Tensor): void {
    this.eager.run(tensor.node!, true);
  }

  write(buffer: GPUBuffer, offset: number, values: TypedArray): void {
    const whole = values.byteLength % 4 === 0 ? values : padToWords(values as Uint8Array);
    this.gpu.queue.writeBuffer(buffer, offset, whole.buffer as ArrayBuffer, whole.byteOffset, whole.byteLength);
  }

  /** Copies a range of a buffer to the host once everything submitted before has run. */
  async read(buffer: GPUBuffer, offset: number, dtype: DType, size: number): Promise<TypedArray> {
    this.check();
    const bytes = byteLength(dtype, size);
    try {
      const copy = await this.staging.read(buffer, offset, bytes);
      this.check();
      return decode(dtype, copy, size);
    } catch (cause) {
      this.check();
      throw new GpuError(`reading ${bytes} bytes from the device failed: ${(cause as Error).message}`);
    }
  }

  /** Resolves when everything submitted so far has run. */
  async idle(): Promise<void> {
    await this.wait(this.gpu.queue.onSubmittedWorkDone());
    this.check();
  }

  /** Waits for a promise of the device's, and leaves the processor to an adapter that computes on it. */
  wait<T>(work: Promise<T>): Promise<T> {
    return this.opened.wait(work);
  }

  allocate(bytes: number): Storage {
    return this.pool.allocate(bytes);
  }

  /** Frees everything on the device and lets Node exit. Tensors on it are lost. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (isDefaultDevice(this)) setDefaultDevice(null);
    this.opened.close();
  }
}

function padToWords(values: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(values.length / 4) * 4);
  padded.set(values);
  return padded;
}
