/** The step of tfjs-examples' mnist-acgan in ganvas: the same work as in its script, on the nets of `--model acgan`. */
import { adam, grad, nn, type Optimizer } from '@ganvas/autograd';
import { acganDiscriminator, acganGenerator, type Discriminator, type Generator } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  type CaptureOptions,
  capture,
  concat,
  type Device,
  detach,
  full,
  mul,
  randomGenerator,
  randomInteger,
  randomUniform,
  type Step,
  sigmoid,
  softmax,
  stack,
  sub,
  type Tensor,
  tensor,
  tidy,
} from '@ganvas/tensor';
import type { AcganScriptCase } from './cases.ts';
import { imageData } from './image-gan.ts';
import { ACGAN_PROBED, ACGAN_SCRIPT, type AcganStart, acganStart } from './peers/acgan.ts';
import type { Parameters } from './peers/recipe.ts';

export interface AcganScript {
  /** D's and G's losses, [2]. */
  readonly step: Step<[Uint32Array], Tensor>;
  /** The batch of every step. */
  readonly indices: Uint32Array;
  /** G's first images, D's probabilities that they are real, and of each class: by the weights as they are. */
  probe(): Promise<ArrayLike<number>[]>;
  close(): void;
}

export function openAcganScript(device: Device, problem: AcganScriptCase, options: CaptureOptions = {}): AcganScript {
  const { width, batch, dropout } = problem;
  const { size, latent, classes, softOne, adam: settings, seed } = ACGAN_SCRIPT;
  const rng = new Rng(seed).fork(2);
  const G = acganGenerator({ size, width, latent, classes, rng, device });
  const D = acganDiscriminator({ size, width, classes, dropout, rng, device });
  const start = acganStart(problem);
  load(G, start.weights.generator);
  load(D, start.weights.discriminator);
  const optimizerOf = (net: Generator | Discriminator) => adam(Object.values(net.parameters), settings);
  const [optimizerG, optimizerD] = [optimizerOf(G), optimizerOf(D)];
  const random = randomGenerator(seed, device);
  const source = imageData(device, { size, batch, labelled: true });

  const ask = (count: number) => ({
    z: sub(mul(randomUniform(random, [count, latent]), 2), 1),
    labels: randomInteger(random, [count], classes),
  });
  const lossOf = (images: Tensor, target: Tensor | number, labels: Tensor): Tensor => {
    const { logits, classLogits } = D.forward(images, null);
    return add(nn.bceWithLogits(logits, target), nn.softmaxCrossEntropy(classLogits!, labels));
  };
  const update = (net: Generator | Discriminator, optimizer: Optimizer, loss: Tensor): Tensor => {
    optimizer.step(grad(loss, Object.values(net.parameters)));
    return loss;
  };
  const step = capture(
    (indices: Tensor): Tensor => {
      const real = source.draw(indices);
      const forD = ask(batch);
      const fake = detach(G.forward(forD.z, forD.labels, 'eval')); // `predict`: by running statistics
      const images = concat([real.x, fake], 0);
      const labels = concat([real.labels!, forD.labels], 0);
      const targets = concat([full([batch, 1], softOne, { device }), full([batch, 1], 0, { device })], 0);
      const lossD = update(D, optimizerD, lossOf(images, targets, labels));
      const forG = ask(2 * batch);
      const lossG = update(G, optimizerG, lossOf(G.forward(forG.z, forG.labels), softOne, forG.labels));
      return stack([lossD, lossG]);
    },
    { ...options, device },
  );
  return {
    step,
    indices: Uint32Array.from({ length: batch }, (_, i) => i),
    probe: () => probed(device, G, D, start),
    close() {
      step.dispose();
      source.dispose();
      const moments = [optimizerG, optimizerD].flatMap(({ state }) => Object.values(state).flat());
      const nets = [G, D].flatMap((net) => [...Object.values(net.parameters), ...Object.values(net.buffers)]);
      for (const t of [random, ...moments, ...nets]) t.dispose();
    },
  };
}

function load({ parameters }: Generator | Discriminator, given: Parameters): void {
  for (const [name, { values }] of Object.entries(given)) parameters[name]!.write(values);
}

async function probed(device: Device, G: Generator, D: Discriminator, { asked }: AcganStart) {
  const { z, labels } = asked[0]!.forD;
  const { latent } = ACGAN_SCRIPT;
  const answers = tidy(() => {
    const images = G.forward(
      tensor(z.slice(0, ACGAN_PROBED * latent), [ACGAN_PROBED, latent], { device }),
      tensor(labels.slice(0, ACGAN_PROBED), [ACGAN_PROBED], { device }),
      'eval',
    );
    const { logits, classLogits } = D.forward(images, null, 'eval');
    return [images, sigmoid(logits), softmax(classLogits!)];
  });
  try {
    return await Promise.all(answers.map((t) => t.data()));
  } finally {
    for (const t of answers) t.dispose();
  }
}
