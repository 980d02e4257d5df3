/** TensorFlow.js in Node: the part of its API that is used, and its two backends. The packages' own types need their install. */
import { requirePackage } from './packages.ts';

export interface TfTensor {
  readonly dataId: object;
  readonly shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

export interface TfVariable extends TfTensor {
  readonly name: string;
}

type Shape = readonly number[];
/** Pixels before and after each axis. */
export type Padding = [[0, 0], [number, number], [number, number], [0, 0]];

export interface TfOptimizer {
  /** By the variables' names; they are changed in place. */
  applyGradients(gradients: Record<string, TfTensor>): void;
  /** The number of updates so far and then both moments, all first ones first. */
  setWeights(weights: { name: string; tensor: TfTensor }[]): Promise<void>;
  dispose(): void;
}

export interface TfSymbol {
  readonly shape: (number | null)[];
}

/** A layer, or a model of layers, which is one as well. */
export interface TfLayer {
  /** What is trained, then what is not; kernel before bias. */
  setWeights(weights: readonly TfTensor[]): void;
  apply(input: TfSymbol | readonly TfSymbol[]): TfSymbol | TfSymbol[];
}

export interface TfSequential extends TfLayer {
  add(layer: TfLayer): void;
  readonly layers: TfLayer[];
}

export interface TfModel extends TfLayer {
  trainable: boolean;
  compile(settings: { optimizer: TfOptimizer; loss: string[] }): void;
  /** By the running statistics, nothing dropped. */
  predict(x: TfTensor | readonly TfTensor[], settings?: { batchSize: number }): TfTensor | TfTensor[];
  /** One update. @returns the sum of the losses, then each */
  trainOnBatch(x: TfTensor | readonly TfTensor[], y: readonly TfTensor[]): Promise<number[]>;
  dispose(): void;
}

type LayerKind =
  | 'activation'
  | 'batchNormalization'
  | 'conv2d'
  | 'conv2dTranspose'
  | 'dense'
  | 'dropout'
  | 'embedding'
  | 'flatten'
  | 'leakyReLU'
  | 'multiply'
  | 'reshape';

export interface Tf {
  layers: Record<LayerKind, (settings?: Readonly<Record<string, unknown>>) => TfLayer>;
  sequential(): TfSequential;
  input(settings: { shape: Shape }): TfSymbol;
  model(settings: { inputs: TfSymbol | readonly TfSymbol[]; outputs: TfSymbol | readonly TfSymbol[] }): TfModel;

  setBackend(name: string): Promise<boolean>;
  getBackend(): string;
  backend(): unknown;
  tensor(values: Float32Array, shape: Shape): TfTensor;
  scalar(value: number, dtype?: 'int32'): TfTensor;
  variable(initial: TfTensor): TfVariable;
  tidy<T>(f: () => T): T;
  keep<T extends TfTensor>(x: T): T;
  dispose(tensors: readonly TfTensor[]): void;
  memory(): { numTensors: number };

  add(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor | number): TfTensor;
  mul(a: TfTensor, b: TfTensor | number): TfTensor;
  relu(x: TfTensor): TfTensor;
  leakyRelu(x: TfTensor, alpha: number): TfTensor;
  tanh(x: TfTensor): TfTensor;
  sigmoid(x: TfTensor): TfTensor;
  softplus(x: TfTensor): TfTensor;
  softmax(x: TfTensor): TfTensor;
  sum(x: TfTensor): TfTensor;
  mean(x: TfTensor): TfTensor;
  moments(x: TfTensor, axes: Shape): { mean: TfTensor; variance: TfTensor };
  batchNorm(
    x: TfTensor,
    mean: TfTensor,
    variance: TfTensor,
    offset: TfTensor,
    scale: TfTensor,
    varianceEpsilon: number,
  ): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean): TfTensor;
  oneHot(indices: TfTensor, depth: number): TfTensor;
  slice(x: TfTensor, begin: number, size: number): TfTensor;
  fill(shape: Shape, value: number): TfTensor;
  cast(x: TfTensor, dtype: 'float32'): TfTensor;
  conv2d(x: TfTensor, filter: TfTensor, strides: [number, number], pad: Padding): TfTensor;
  conv2dTranspose(x: TfTensor, filter: TfTensor, shape: Shape, strides: [number, number], pad: Padding): TfTensor;
  reshape(x: TfTensor, shape: Shape): TfTensor;
  transpose(x: TfTensor, perm: Shape): TfTensor;
  pad(x: TfTensor, paddings: readonly [number, number][]): TfTensor;
  concat(tensors: readonly TfTensor[], axis: number): TfTensor;
  stack(tensors: readonly TfTensor[]): TfTensor;
  stridedSlice(x: TfTensor, begin: Shape, end: Shape, strides: Shape): TfTensor;
  gather(x: TfTensor, indices: TfTensor): TfTensor;
  randomNormal(shape: Shape): TfTensor;
  randomUniform(shape: Shape, minimum: number, limit: number, dtype?: 'int32'): TfTensor;

  valueAndGrads(
    f: (...xs: TfTensor[]) => TfTensor,
  ): (xs: TfTensor[], dy: TfTensor) => { value: TfTensor; grads: TfTensor[] };
  variableGrads(f: () => TfTensor, variables: TfVariable[]): { value: TfTensor; grads: Record<string, TfTensor> };
  train: { adam(learningRate: number, beta1: number, beta2?: number, epsilon?: number): TfOptimizer };
  engine(): {
    runKernel(name: string, inputs: Record<string, TfTensor>, attributes: Record<string, unknown>): TfTensor;
  };
  registerKernel(kernel: {
    kernelName: string;
    backendName: string;
    kernelFunc(call: { inputs: Record<string, TfTensor>; attrs: Record<string, unknown> }): TfTensor;
  }): void;
}

/** What the WebGPU backend has beside its public interface. The versions are pinned in the lockfile. */
interface WebGpuBackend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
}

export interface TfBackend {
  tf: Tf;
  /** Makes it the one that tf computes on. */
  activate(): Promise<void>;
  /** Waits for all that was queued. */
  finish(): Promise<void>;
  /** A tensor made on the host is taken to where the backend computes. */
  upload(tensor: TfTensor): void;
}

const CORE = '@tensorflow/tfjs';

export async function openTfjsWebGpu(): Promise<TfBackend> {
  const tf = requirePackage(CORE) as Tf;
  requirePackage('@tensorflow/tfjs-backend-webgpu');
  const activate = () => select(tf, 'webgpu');
  await activate();
  const backend = tf.backend() as WebGpuBackend;
  return {
    tf,
    activate,
    async finish() {
      // Up to 15 dispatches wait in an encoder for more; reading a tensor would submit them in the same way.
      if (backend.commandEncoder) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
      await backend.device.queue.onSubmittedWorkDone();
    },
    upload: ({ dataId }) => backend.uploadToGPU(dataId),
  };
}

/** @returns with how many threads it computes: one, as tfjs does not take its threaded build in Node */
export async function openTfjsWasm(): Promise<TfBackend & { threads: number }> {
  const tf = requirePackage(CORE) as Tf;
  const wasm = requirePackage('@tensorflow/tfjs-backend-wasm') as { getThreadsCount(): number };
  const activate = () => select(tf, 'wasm');
  await activate();
  return {
    tf,
    activate,
    // WebAssembly computes within each call, in memory that the host writes to directly.
    finish: async () => undefined,
    upload: () => undefined,
    threads: wasm.getThreadsCount(),
  };
}

async function select(tf: Tf, backend: string): Promise<void> {
  if (tf.getBackend() !== backend && !(await tf.setBackend(backend)))
    throw new Error(`bench: tfjs could not start its backend ${backend}`);
}
