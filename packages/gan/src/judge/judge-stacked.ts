/** Samples of Stacked MNIST, judged: which of the thousand numbers come. */
import { bootstrap } from '../metrics/bootstrap.ts';
import { likeliestClasses } from '../metrics/class-balance.ts';
import { stackedModes, stackedNumbers } from '../metrics/stacked-modes.ts';
import type { MnistJudge } from './digit-judge.ts';
import type { Judgement } from './judgement.ts';
import type { ReadableImages } from './reader.ts';

/**
 * Modes of 1,000, and the divergence of their shares from equal ones (Metz et al. 2017); PacGAN's protocol is 26,000 samples. Both
 * depend on how many samples there are, so the intervals, of 95 %, are centred.
 * @param samples images [count, height, width, 3], a digit a channel
 * @throws Error for images of other than three channels
 */
export async function judgeStacked(
  judge: MnistJudge,
  samples: ReadableImages,
  { resamples = 200, seed = 0 } = {},
): Promise<Judgement> {
  if (samples.channels !== 3)
    throw new Error(`judgeStacked: expected images of 3 channels, a digit each, got ${samples.channels ?? 1}`);
  const { probabilities } = await judge.read(samples);
  const numbers = stackedNumbers(likeliestClasses(probabilities));
  const { count } = samples;
  const { modes } = stackedModes(numbers);
  const divergence = bootstrap(count, (indices) => stackedModes(indices.map((i) => numbers[i]!)).divergence, {
    ...{ resamples, seed, centred: true },
  });
  return [
    { name: 'modes of 1,000', value: modes, low: null, high: null, samples: count },
    { name: 'KL to equal shares', ...divergence, samples: count },
  ];
}
