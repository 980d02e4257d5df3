/**
 * Nets as PyTorch's state dicts: names, layouts and the counters that `load_state_dict(..., strict=True)` expects of the modules in
 * `pytorch/ganvas_models.py`, as the bytes of a safetensors file. And back.
 */
import type { Tensor } from '@ganvas/tensor';
import { FileError } from '../file-error.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../files/safetensors.ts';
import type { ModelConfig, ModelData, Nets } from '../models/create.ts';
import { type Net, recordDiscriminator, recordGenerator, tensorsOfNet } from './recorded-net.ts';
import { fromTorch, sameLayout, type TorchLayout, torchLayouts, toTorch } from './torch-layout.ts';

export type NetName = keyof Nets;

/** What the file says of itself, so that a module can be built from it alone. */
export interface ExportAbout {
  /** What the nets were made by; a whole `RunConfig` is one. */
  config: ModelConfig;
  data: ModelData;
  /** Updates made: PyTorch's `num_batches_tracked`. Default 0. */
  step?: number;
}

/** The bytes of one of the nets. */
export async function encodeTorchState(
  nets: Nets,
  which: NetName,
  { config, data, step = 0 }: ExportAbout,
): Promise<Uint8Array> {
  const entries = await Promise.all(
    layoutsOf(nets, which).map(async ({ name, t, layout }): Promise<[string, StoredTensor]> => {
      const ours = (await t.data()) as Float32Array;
      return [name, { dtype: 'F32', shape: [...layout.shape], data: toTorch(ours, layout) }];
    }),
  );
  const counters = counterNames(nets[which]).map((name): [string, StoredTensor] => [
    name,
    { dtype: 'I64', shape: [], data: Int32Array.of(step) },
  ]);
  const { example, classes } = data;
  return encodeSafetensors(Object.fromEntries([...entries, ...counters]), {
    format: 'pt', // what transformers and others look for
    net: which,
    config: JSON.stringify(config),
    data: JSON.stringify({ example, classes }),
  });
}

export interface ImportedState {
  /** Of the file; a `state_dict` that PyTorch saved has what its writer gave. */
  metadata: Readonly<Record<string, string>>;
  /** PyTorch's `num_batches_tracked`; 0 where no layer counts. */
  step: number;
}

/**
 * Puts a PyTorch state dict into one of the nets: the inverse of `encodeTorchState`. What PyTorch has no name for (a dropout's random
 * numbers) stays as it is.
 * @param source the file's name, for error messages
 * @throws FileError that lists what is missing, unknown or of another shape or type; the net is then as it was
 */
export function restoreTorchState(bytes: Uint8Array, source: string, nets: Nets, which: NetName): ImportedState {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const expected = layoutsOf(nets, which);
  const counters = counterNames(nets[which]);
  const known = new Map<string, { dtype: string; shape: readonly number[] }>([
    ...expected.map(({ name, layout }) => [name, { dtype: 'F32', shape: layout.shape }] as const),
    ...counters.map((name) => [name, { dtype: 'I64', shape: [] }] as const),
  ]);
  const described = ({ dtype, shape }: { dtype: string; shape: readonly number[] }) => `${dtype} [${shape.join(', ')}]`;
  const faults = [
    ...[...known].flatMap(([name, spec]) => {
      const found = tensors[name] ? described(tensors[name]) : 'nothing';
      return found === described(spec) ? [] : [`${name} ${described(spec)} is expected, ${found} is there`];
    }),
    ...Object.keys(tensors).flatMap((name) => (known.has(name) ? [] : [`${name} is not in the net`])),
  ];
  if (faults.length > 0) {
    const more = faults.length > MOST_FAULTS ? `; and ${faults.length - MOST_FAULTS} more` : '';
    throw new FileError(`${source}: does not fit the ${which}: ${faults.slice(0, MOST_FAULTS).join('; ')}${more}`);
  }
  for (const { name, t, layout } of expected) t.write(fromTorch(tensors[name]!.data as Float32Array, layout));
  return { metadata, step: counters.reduce((most, name) => Math.max(most, tensors[name]!.data[0]!), 0) };
}

/** Of one line; a file of another model has dozens. */
const MOST_FAULTS = 4;

interface Placed {
  name: string;
  t: Tensor;
  layout: TorchLayout;
}

function layoutsOf({ generator, discriminator }: Nets, which: NetName): Placed[] {
  const recorded =
    which === 'generator' ? recordGenerator(generator, BATCH) : recordDiscriminator(discriminator, generator, BATCH);
  const layouts = torchLayouts(recorded);
  return Object.entries(tensorsOfNet({ generator, discriminator }[which])).map(([name, t]) => {
    const layout = layouts.get(name) ?? (t.shape.length < 2 ? sameLayout(t.shape) : null);
    if (!layout)
      throw new Error(`export: ${name} takes no part in the ${which}'s evaluation, so its layout is unknown`);
    return { name, t, layout };
  });
}

/** Recorded, never run. A number that packs of 2, 3, 4, 5 and 6 divide. */
const BATCH = 60;

/** Every layer with running statistics counts its batches, in PyTorch. */
const counterNames = (net: Net): string[] =>
  Object.keys(net.buffers).flatMap((name) =>
    name.endsWith('running_mean') ? [name.replace(/running_mean$/, 'num_batches_tracked')] : [],
  );
