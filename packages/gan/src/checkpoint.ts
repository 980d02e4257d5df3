/**
 * A checkpoint: everything that training changes, in one safetensors file. Weights have PyTorch's layouts (conv OIHW,
 * transposed conv IOHW, linear [out, in]), so that other tools can read them; the dense layers next to the images number
 * their features in NHWC order. The same run gives the same bytes.
 */
import { readFileSync } from 'node:fs';
import { contiguousStrides } from '@ganvas/kernels-wgsl';
import type { Tensor } from '@ganvas/tensor';
import { writeFileAtomic } from './files/atomic.ts';
import { accessFile, FileError } from './files/file-error.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './files/safetensors.ts';
import type { RunConfig } from './presets.ts';

const FORMAT = 'ganvas-dcgan';
const VERSION = '1';

export interface Checkpoint {
  config: RunConfig;
  /** Steps done; the data's order and position follow from it and the config's seed. */
  step: number;
  /** The adapter that trained: on another one the run goes on, but not in the same bits. */
  adapter: string;
}

/** Writes the state of a run, whole or not at all. */
export async function saveCheckpoint(
  path: string,
  state: Readonly<Record<string, Tensor>>,
  run: Checkpoint,
): Promise<void> {
  const entries = await Promise.all(
    Object.entries(state).map(async ([name, t]): Promise<[string, StoredTensor]> => {
      const data = await t.data();
      if (data instanceof Uint32Array) return [name, { dtype: 'U32', shape: [...t.shape], data }];
      const permutation = torchAxes(t.shape);
      const shape = permutation.map((axis) => t.shape[axis]!);
      return [name, { dtype: 'F32', shape, data: permute(data as Float32Array, t.shape, permutation) }];
    }),
  );
  const { config, step, adapter } = run;
  const metadata = { format: FORMAT, version: VERSION, config: JSON.stringify(config), step: String(step), adapter };
  writeFileAtomic(path, encodeSafetensors(Object.fromEntries(entries), metadata));
}

export interface LoadedCheckpoint extends Checkpoint {
  /** Puts the saved values into a trainer's state. */
  restore(state: Readonly<Record<string, Tensor>>): void;
}

/**
 * Reads a checkpoint.
 * @throws FileError with the reason: unreadable, damaged, not one of ours, of another version, or (at `restore`) of another net
 */
export function loadCheckpoint(path: string): LoadedCheckpoint {
  const bytes = accessFile('read', path, () => readFileSync(path));
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.format !== FORMAT || metadata.version !== VERSION) {
    const found = metadata.format ? `${metadata.format} version ${metadata.version}` : 'no format in its metadata';
    throw new FileError(`${path}: expected a checkpoint of format ${FORMAT} version ${VERSION}, found ${found}`);
  }
  const step = Number(metadata.step);
  return {
    config: parseConfig(path, metadata.config ?? ''),
    step,
    adapter: metadata.adapter ?? '',
    restore(state) {
      for (const [name, t] of Object.entries(state)) {
        const stored = tensors[name];
        const permutation = torchAxes(t.shape);
        const expected = permutation.map((axis) => t.shape[axis]!);
        if (!stored || stored.shape.join() !== expected.join()) {
          throw new FileError(
            `${path}: expected ${name} [${expected.join(', ')}], found ${stored ? `[${stored.shape.join(', ')}]` : 'nothing of that name'}`,
          );
        }
        const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
        t.write(stored.dtype === 'F32' ? permute(stored.data, expected, inverse) : stored.data);
      }
    },
  };
}

function parseConfig(path: string, json: string): RunConfig {
  const keys = ['steps', 'batch', 'width', 'size', 'lr', 'seed'] as const;
  try {
    const config = JSON.parse(json) as RunConfig;
    if (keys.every((key) => Number.isFinite(config[key]))) return config;
  } catch {
    // reported below, as any other config that is not ours
  }
  throw new FileError(`${path}: its metadata has no sound "config" (expected JSON with numbers ${keys.join(', ')})`);
}

/** PyTorch's order of our axes: HWIO → OIHW (a transposed convolution's HWOI → IOHW alike), [in, out] → [out, in]. */
function torchAxes(shape: readonly number[]): number[] {
  if (shape.length === 4) return [3, 2, 0, 1];
  if (shape.length === 2) return [1, 0];
  return shape.map((_, axis) => axis);
}

function permute(data: Float32Array, shape: readonly number[], permutation: readonly number[]): Float32Array {
  const result = new Float32Array(data.length);
  const from = contiguousStrides(shape);
  const steps = permutation.map((axis) => from[axis]!);
  const sizes = permutation.map((axis) => shape[axis]!);
  let at = 0;
  const walk = (axis: number, source: number): void => {
    if (axis === sizes.length) result[at++] = data[source]!;
    else for (let i = 0; i < sizes[axis]!; i++) walk(axis + 1, source + i * steps[axis]!);
  };
  walk(0, 0);
  return result;
}
