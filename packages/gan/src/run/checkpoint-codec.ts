/**
 * A checkpoint: everything that training changes, in one safetensors file, in the engine's own layouts (NHWC, HWIO; `export`
 * writes PyTorch's). The same run gives the same bytes.
 */
import type { Tensor } from '@ganvas/tensor';
import { z } from 'zod';
import { configSchema, type RunConfig } from '../config.ts';
import { FileError } from '../file-error.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../files/safetensors.ts';
import { GANVAS_VERSION } from '../version.ts';
import { type KernelRecord, kernelRecordSchema } from './kernel-choices.ts';

const FORMAT = 'ganvas-run';
const VERSION = '2';

export interface Checkpoint {
  config: RunConfig;
  /** Steps done; the data's order and position follow from it and the config's seed. */
  step: number;
  /** The adapter that trained: on another one the run goes on, but not in the same bits. */
  adapter: string;
  /** The kernels that the run was made with: see `keepKernelChoices`. */
  kernels: KernelRecord;
  /** What the data are, so that the nets can be built without them. */
  data: DataSummary;
}

export interface DataSummary {
  /** Shape of an example: see `DataSource`. */
  example: readonly number[];
  classes: number;
  classNames: readonly string[];
}

/** A run's state has values that are not finite: it is not worth keeping. */
export class NonFiniteError extends Error {
  override name = 'NonFiniteError';
}

/**
 * The bytes of a run's checkpoint.
 * @throws NonFiniteError where a tensor holds NaN or an infinity
 */
export async function encodeCheckpoint(state: Readonly<Record<string, Tensor>>, run: Checkpoint): Promise<Uint8Array> {
  const entries = await Promise.all(
    Object.entries(state).map(async ([name, t]): Promise<[string, StoredTensor]> => {
      const data = await t.data();
      if (data instanceof Uint32Array) return [name, { dtype: 'U32', shape: [...t.shape], data }];
      if (!data.every(Number.isFinite))
        throw new NonFiniteError(`${name} holds values that are not finite after step ${run.step}`);
      return [name, { dtype: 'F32', shape: [...t.shape], data: data as Float32Array }];
    }),
  );
  const { config, step, adapter, kernels, data } = run;
  const { example, classes, classNames } = data;
  const metadata = {
    format: FORMAT,
    version: VERSION,
    config: JSON.stringify(config),
    data: JSON.stringify({ example, classes, classNames }),
    step: String(step),
    adapter,
    kernels: JSON.stringify(kernels),
    ganvas: GANVAS_VERSION,
  };
  return encodeSafetensors(Object.fromEntries(entries), metadata);
}

export interface LoadedCheckpoint extends Checkpoint {
  /** Of the file, or the name that its bytes were given. */
  readonly path: string;
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** Puts the saved values into a trainer's state. */
  restore(state: Readonly<Record<string, Tensor>>): void;
}

const fromJson = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('expected JSON');
    return z.NEVER;
  }
});

const metadataSchema = z.object({
  config: fromJson.pipe(configSchema),
  data: fromJson.pipe(
    z.object({ example: z.array(z.int().min(1)), classes: z.int().min(0), classNames: z.array(z.string()) }),
  ),
  step: z.string().regex(/^\d+$/).transform(Number),
  adapter: z.string(),
  kernels: fromJson.pipe(kernelRecordSchema),
});

/**
 * Reads the bytes of a checkpoint.
 * @param path of the file, or any name, for error messages
 * @throws FileError with the reason: damaged, not one of ours, of another version, or (at `restore`) of another net
 */
export function decodeCheckpoint(bytes: Uint8Array, path: string): LoadedCheckpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.format !== FORMAT || metadata.version !== VERSION) {
    const found = metadata.format ? `${metadata.format} version ${metadata.version}` : 'no format in its metadata';
    throw new FileError(`${path}: expected a checkpoint of format ${FORMAT} version ${VERSION}, found ${found}`);
  }
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) {
    const { path: at, message } = parsed.error.issues[0]!;
    throw new FileError(`${path}: its metadata are not those of a run: ${at.join('.')}: ${message}`);
  }
  return {
    ...parsed.data,
    path,
    tensors,
    restore(state) {
      for (const [name, t] of Object.entries(state)) {
        const stored = tensors[name];
        const expected = `${t.dtype.toUpperCase()} [${t.shape.join(', ')}]`;
        const found = stored ? `${stored.dtype} [${stored.shape.join(', ')}]` : 'nothing of that name';
        if (!stored || found !== expected) throw new FileError(`${path}: expected ${name} ${expected}, found ${found}`);
        t.write(stored.data);
      }
    },
  };
}
