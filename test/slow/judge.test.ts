/** The shipped judge on all 10,000 test digits, and on 5,000 of those that it was trained with: a minute of a software adapter. */
import {
  confusion,
  featureStatistics,
  frechetDistance,
  likeliestClasses,
  loadMnist,
  openMnistJudge,
} from '@ganvas/gan';
import { useDevice } from '../gpu/device.ts';

const device = useDevice();

it('knows at least 99.2 % of the test digits, and has the statistics that it ships with', async () => {
  const judge = openMnistJudge(device());
  const { probabilities, features } = await judge.real();
  expect(await judge.real()).toBe(await judge.real());
  const { accuracy } = confusion(loadMnist('test').labels, likeliestClasses(probabilities));
  expect(accuracy).toBeGreaterThanOrEqual(0.992);

  const statistics = featureStatistics(features);
  expect(judge.statistics.count).toBe(10_000);
  statistics.mean.forEach((value, i) => {
    expect(Math.abs(judge.statistics.mean[i]! - value)).toBeLessThan(1e-4);
  });
  // Two adapters differ in the last bits of features, no more.
  expect(frechetDistance(judge.statistics, statistics)).toBeLessThan(1e-4);

  const train = loadMnist('train');
  const some = { ...train, images: train.images.subarray(0, 5000 * 28 * 28), count: 5000 };
  const ofTrain = featureStatistics((await judge.read(some)).features);
  const distance = frechetDistance(judge.statistics, ofTrain);
  expect(distance).toBeGreaterThan(0.1);
  expect(distance).toBeLessThan(2);
  judge.dispose();
}, 900_000);
