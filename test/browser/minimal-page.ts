/** The least of a page that trains: the engine, a DCGAN, images in memory. Its size is what a visitor waits for. */
import { adam } from '@ganvas/autograd';
import {
  discriminator,
  generator,
  imageSource,
  plainDiscriminator,
  playRound,
  unconditionalGenerator,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, openDevice, pack, randomGenerator, randomNormal, type Tensor } from '@ganvas/tensor';

const [size, channels, batch, latent] = [28, 1, 64, 100] as const;
const device = await openDevice();
const rng = new Rng(1);

const images = new Uint8Array(await (await fetch('images.bin')).arrayBuffer());
const count = images.length / size ** 2;
const set = { images, count, height: size, width: size, channels, labels: null, classNames: [] };
const source = imageSource(set, { size, channels, batch, seed: 1, device });

const net = { size, width: 16, latent, rng, device };
const G = unconditionalGenerator(generator(net), { latent, example: source.example });
const D = plainDiscriminator(discriminator(net));
const adamOf = ({ parameters }: typeof G | typeof D) =>
  adam(Object.values(parameters), { lr: 3e-3, betas: [0.5, 0.999] });
const players = { G, D, optimizerG: adamOf(G), optimizerD: adamOf(D) };
const noise = randomGenerator(rng.fork(3).key, device);

const round = capture((indices: Tensor) => {
  const report = playRound(players, source.draw(indices), randomNormal(noise, [batch, latent]));
  return pack(Object.values(report));
});
for (let step = 0; step < 1000; step++) {
  const [indices] = source.inputs(step) as [Uint32Array];
  await round.prepare(indices);
  document.title = `step ${step}: loss of D ${(await round(indices).data())[0]}`;
}
