/**
 * Matrix units: which products a device's subgroups compute in one operation, f16 in and sums in f32. WebGPU has them as an
 * experimental feature, so each is tried on a product before kernels that use it are admitted.
 */
import { type Candidate, matmulCandidates, NO_EPILOGUE, type SubgroupMatrix } from '@ganvas/kernels-wgsl';

export interface MatrixUnits {
  /** Those that computed what they should. */
  subgroupMatrices: SubgroupMatrix[];
  /** What went wrong with others; null where nothing did. */
  remark: string | null;
}

/** What `GPUAdapterInfo` tells where the feature is there. */
interface MatrixConfiguration {
  componentType: string;
  resultComponentType: string;
  M: number;
  N: number;
  K: number;
}

/** The units that the device's adapter names, tried one after the other. Without the feature nothing is run. */
export async function findMatrixUnits(gpu: GPUDevice): Promise<MatrixUnits> {
  if (!gpu.features.has('chromium-experimental-subgroup-matrix')) {
    const remark = 'matmulPrecision "medium" changes nothing: this adapter offers no subgroup matrices';
    return { subgroupMatrices: [], remark };
  }
  const { subgroupMatrixConfigs = [] } = gpu.adapterInfo as { subgroupMatrixConfigs?: Iterable<MatrixConfiguration> };
  const units = Array.from(subgroupMatrixConfigs)
    .filter(({ componentType, resultComponentType }) => componentType === 'f16' && resultComponentType === 'f32')
    .map(({ M, N, K }): SubgroupMatrix => ({ m: M, n: N, k: K }));
  return tryMatrixUnits(gpu, units, gpu.adapterInfo.subgroupMaxSize ?? 0);
}

/**
 * Tries every kernel that some product would get, at its smallest and its largest tile.
 * @param mostLanes invocations of a subgroup at most: kernels for smaller ones are not tried
 */
export async function tryMatrixUnits(
  gpu: GPUDevice,
  units: readonly SubgroupMatrix[],
  mostLanes: number,
): Promise<MatrixUnits> {
  const subgroupMatrices: SubgroupMatrix[] = [];
  const failures: string[] = [];
  for (const unit of units) {
    const { m, n, k } = unit;
    const complaints: string[] = [];
    for (const shape of TRIALS) {
      const candidates = matmulCandidates({ ...shape, transposeA: false, transposeB: false }, NO_EPILOGUE, 'gpu');
      for (const candidate of candidates.filter(({ requires }) => uses(requires?.subgroupMatrix, unit))) {
        if ((candidate.requires?.subgroupSizes?.[1] ?? 0) < mostLanes) continue;
        const complaint = await complaintAbout(gpu, candidate, shape);
        if (complaint) complaints.push(complaint);
      }
    }
    if (complaints.length === 0) subgroupMatrices.push(unit);
    else failures.push(`${m}x${n}x${k} ${complaints[0]}`);
  }
  const remark = failures.length > 0 ? `subgroup matrices left aside: ${failures.join('; ')}` : null;
  return { subgroupMatrices, remark };
}

interface Product {
  m: number;
  n: number;
  k: number;
}

/** A few ragged tiles of the smaller size with more than one slab of k, and as many large ones as make them worth while. */
const TRIALS: readonly Product[] = [
  { m: 70, n: 52, k: 72 },
  { m: 16300, n: 120, k: 20 },
];

const uses = (a: SubgroupMatrix | undefined, b: SubgroupMatrix): boolean =>
  a !== undefined && a.m === b.m && a.n === b.n && a.k === b.k;

/** Runs the candidate and looks at elements all over the result; null where all are right. */
async function complaintAbout(gpu: GPUDevice, candidate: Candidate, { m, n, k }: Product): Promise<string | null> {
  const [a, b] = [eighths(m * k, 3), eighths(k * n, 7)];
  let c: Float32Array;
  try {
    c = await product(gpu, candidate, a, b, m * n);
  } catch (error) {
    return `does not run: ${(error as Error).message.split('\n')[0]}`;
  }
  // Every element of a small result; of a large one every 97th, which meets all rows and columns of a tile.
  for (let i = 0; i < m * n; i += m * n > 10_000 ? 97 : 1) {
    const [row, column] = [Math.floor(i / n), i % n];
    let expected = 0;
    for (let kk = 0; kk < k; kk++) expected += a[row * k + kk]! * b[kk * n + column]!;
    if (!(Math.abs(c[i]! - expected) <= TOLERANCE))
      return `computes ${c[i]} for ${expected} at [${row}, ${column}] of [${m}, ${n}]`;
  }
  return null;
}

/** Inputs are exact in f16, their products and sums in f32; units that sum more coarsely than that still stay within this. */
const TOLERANCE = 1e-2;

/** Multiples of 1/8 in [-1, 1), in a pattern that repeats nowhere near the size of a tile. */
const eighths = (length: number, step: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => (((i * step * 1009) % 8191) % 16) / 8 - 1);

async function product(
  gpu: GPUDevice,
  { stages }: Candidate,
  a: Float32Array,
  b: Float32Array,
  length: number,
): Promise<Float32Array> {
  const { kernel } = stages[0]!;
  gpu.pushErrorScope('validation'); // what fails here is this unit's affair
  const module = gpu.createShaderModule({ code: kernel.code });
  const compiling = gpu.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const [pipeline, invalid] = await Promise.allSettled([compiling, gpu.popErrorScope()]);
  if (invalid.status === 'fulfilled' && invalid.value) throw new Error(invalid.value.message);
  if (pipeline.status === 'rejected') throw pipeline.reason;
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const [left, right, result] = [a.length, b.length, length].map((size) =>
    gpu.createBuffer({ size: 4 * size, usage: STORAGE | COPY_DST | COPY_SRC }),
  ) as [GPUBuffer, GPUBuffer, GPUBuffer];
  const copy = gpu.createBuffer({ size: 4 * length, usage: COPY_DST | MAP_READ });
  gpu.queue.writeBuffer(left, 0, a as Float32Array<ArrayBuffer>);
  gpu.queue.writeBuffer(right, 0, b as Float32Array<ArrayBuffer>);
  const entries = [left, right, result].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline.value);
  pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.value.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(...kernel.workgroups);
  pass.end();
  encoder.copyBufferToBuffer(result, 0, copy, 0, 4 * length);
  gpu.queue.submit([encoder.finish()]);
  await copy.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(copy.getMappedRange().slice(0));
  for (const buffer of [left, right, result, copy]) buffer.destroy();
  return values;
}
