/**
 * jax-js: the part of its API that is used. The package's own types need its install.
 *
 * Its arrays are owned: what takes an array frees it, so an array that is used again is passed as `x.ref`, in traced functions too.
 */
import { importPackage } from './packages.ts';

export interface JaxArray {
  readonly shape: number[];
  /** The same array, to be freed once more. */
  readonly ref: JaxArray;
  dispose(): void;
  data(): Promise<Float32Array>;
  /** Waits until it has been computed; frees nothing. */
  blockUntilReady(): Promise<JaxArray>;
  /** Submits what computes it, which until then only waits. */
  gpuBufferSync(): GPUBuffer;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  neg(): JaxArray;
  sum(): JaxArray;
  mean(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  transpose(perm: readonly number[]): JaxArray;
}

export type JaxTree = JaxArray | readonly JaxTree[] | { readonly [name: string]: JaxTree };

export type Jitted<A extends JaxTree[], R extends JaxTree> = ((...args: A) => R) & { dispose(): void };

type Pads = readonly (readonly [number, number])[];

export interface Jax {
  init(device: 'webgpu'): Promise<string[]>;
  defaultDevice(device: 'webgpu'): void;
  getWebGPUDevice(): GPUDevice;
  jit<A extends JaxTree[], R extends JaxTree>(f: (...args: A) => R): Jitted<A, R>;
  /** The value, and from its cotangent those of the arguments. */
  vjp<A extends JaxTree[], R extends JaxTree>(f: (...args: A) => R, primals: A): [R, Jitted<[R], A>];
  /** With respect to the first argument. */
  valueAndGrad<A extends JaxTree[], X extends JaxTree>(
    f: (x: X, ...rest: A) => JaxArray,
  ): (x: X, ...rest: A) => [JaxArray, X];
  /** With a second output beside the loss. */
  valueAndGrad<A extends JaxTree[], X extends JaxTree, Y extends JaxTree>(
    f: (x: X, ...rest: A) => [JaxArray, Y],
    options: { hasAux: true },
  ): (x: X, ...rest: A) => [[JaxArray, Y], X];
  tree: {
    ref<T extends JaxTree>(tree: T): T;
    dispose(tree: JaxTree): void;
    leaves(tree: JaxTree): JaxArray[];
  };
  numpy: {
    array(values: Float32Array, options: { shape: readonly number[] }): JaxArray;
    zeros(shape: readonly number[]): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
    tanh(x: JaxArray): JaxArray;
    stack(xs: readonly JaxArray[]): JaxArray;
    take(x: JaxArray, indices: JaxArray, axis: number): JaxArray;
  };
  nn: {
    relu(x: JaxArray): JaxArray;
    leakyRelu(x: JaxArray, slope: number): JaxArray;
    sigmoid(x: JaxArray): JaxArray;
    softplus(x: JaxArray): JaxArray;
    softmax(x: JaxArray): JaxArray;
    /** (x − mean) / √(variance + epsilon) over the axes. */
    standardize(x: JaxArray, axes: readonly number[], options: { epsilon: number }): JaxArray;
  };
  lax: {
    /** x [N, C, H, W], w [O, C, kh, kw]: the only layout it has. */
    convGeneralDilated(x: JaxArray, w: JaxArray, strides: readonly number[], padding: Pads): JaxArray;
    /** With `transposeKernel` the input gradient of a convolution with w [C, O, kh, kw]. */
    convTranspose(
      x: JaxArray,
      w: JaxArray,
      strides: readonly number[],
      padding: Pads,
      options: { transposeKernel: true },
    ): JaxArray;
  };
  random: {
    key(seed: number): JaxArray;
    /** A key a row, which can be iterated over. */
    split(key: JaxArray, count: number): JaxArray & Iterable<JaxArray>;
    normal(key: JaxArray, shape: readonly number[]): JaxArray;
    /** From `minval` to below `maxval`. */
    randint(key: JaxArray, range: { minval: number; maxval: number; shape: readonly number[] }): JaxArray;
  };
}

/** jax-js on its WebGPU backend, which takes the adapter that `navigator.gpu` yields. */
export async function openJax(): Promise<Jax> {
  const jax = (await importPackage('@jax-js/jax')) as Jax;
  if (!(await jax.init('webgpu')).includes('webgpu'))
    throw new Error('bench: jax-js could not start its backend webgpu');
  jax.defaultDevice('webgpu');
  return jax;
}
