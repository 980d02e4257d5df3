/** Small nets that the exports are tested with: every model, grey and RGB, and each thing that a discriminator may have. */
import type { ModelConfig, ModelData, Nets } from '@ganvas/gan';
import { createModel } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, type Device, type Tensor, tensor } from '@ganvas/tensor';

const BASE: ModelConfig = {
  model: 'dcgan',
  batch: 12,
  width: 4,
  latent: 8,
  hidden: [12, 16],
  embedding: 5,
  dropout: 0,
  norm: 'batch',
  spectralNorm: false,
  minibatch: 'none',
  pack: 1,
};

export interface ExportCase {
  config: ModelConfig;
  data: ModelData;
}

const images = (size: number, channels: number, classes = 0) => ({ example: [size, size, channels], classes });

export const EXPORT_CASES: Readonly<Record<string, ExportCase>> = {
  points: { config: { ...BASE, model: 'mlp', latent: 2, dropout: 0.2 }, data: { example: [2], classes: 0 } },
  mlp: { config: { ...BASE, model: 'mlp', minibatch: 'stddev', pack: 3 }, data: { example: [6, 8, 3], classes: 0 } },
  dcgan: { config: { ...BASE, dropout: 0.3 }, data: images(28, 1) },
  dcganRgb: {
    config: { ...BASE, spectralNorm: true, minibatch: 'discrimination', pack: 2, norm: 'none' },
    data: images(32, 3),
  },
  cgan: { config: { ...BASE, model: 'cgan', norm: 'layer', spectralNorm: true }, data: images(16, 3, 10) },
  acgan: { config: { ...BASE, model: 'acgan', width: 2, minibatch: 'stddev' }, data: images(24, 1, 10) },
  projection: { config: { ...BASE, model: 'projection', norm: 'instance' }, data: images(16, 1, 10) },
};

/** The nets of a case, every tensor away from its initial value, running statistics too. */
export function openCase(device: Device, { config, data }: ExportCase): Nets {
  const nets = createModel(config, data, { rng: new Rng(7), device });
  const rng = new Rng(8);
  for (const net of Object.values(nets) as Nets[keyof Nets][])
    for (const [name, t] of Object.entries({ ...net.parameters, ...net.buffers })) {
      if (t.dtype !== 'f32' || /weight_(orig|u|v)$/.test(name)) continue;
      const positive = /running_var$|bn\d+\.weight$/.test(name);
      t.write(Float32Array.from({ length: t.size }, () => (positive ? 0.5 + rng.uniform() : 0.3 * rng.normal())));
    }
  return nets;
}

export interface Example {
  z: Float32Array;
  labels: Uint32Array;
  /** [count, ...example] */
  images: Float32Array;
  logits: Float32Array;
  classLogits: Float32Array | null;
}

/** Noise and labels, the same for the same net and count. */
export function inputsOf({ latent, classes }: Nets['generator'], count: number): Pick<Example, 'z' | 'labels'> {
  const labels = Uint32Array.from({ length: count }, (_, i) => (classes > 0 ? (3 * i) % classes : 0));
  return { z: new Rng(9).normals(count * latent), labels };
}

/** What a generator makes of some noise, and the discriminator of that. */
export async function exampleOf(device: Device, { generator, discriminator }: Nets, count: number): Promise<Example> {
  const { z, labels } = inputsOf(generator, count);
  const step = capture(
    (noise: Tensor, classes: Tensor) => {
      const told = generator.classes > 0 ? classes : null;
      const made = generator.forward(noise, told, 'eval');
      const { logits, classLogits } = discriminator.forward(made, told, 'eval');
      return { made, logits, ...(classLogits && { classLogits }) };
    },
    { device },
  );
  const run = step(tensor(z, [count, generator.latent], { device }), tensor(labels, [count], { device })) as {
    made: Tensor;
    logits: Tensor;
    classLogits?: Tensor;
  };
  const [images, logits, classLogits] = await Promise.all([
    run.made.data(),
    run.logits.data(),
    run.classLogits?.data(),
  ]);
  step.dispose();
  return {
    z,
    labels,
    images: images as Float32Array,
    logits: logits as Float32Array,
    classLogits: (classLogits as Float32Array | undefined) ?? null,
  };
}
