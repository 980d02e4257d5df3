/** The judge of digits that this package ships, trained by its own engine. */
import { fileURLToPath } from 'node:url';
import type { Device } from '@ganvas/tensor';
import { loadMnist } from '../data/mnist.ts';
import { loadClassifier } from '../models/classifier-file.ts';
import { type MnistJudge, mnistJudge } from './digit-judge.ts';

export type { MnistJudge };

/** Made by `npm run classify -- --save`; the file's metadata say how, and how many test digits it knows. */
const WEIGHTS = fileURLToPath(new URL('../../weights/mnist-classifier.safetensors', import.meta.url));

/**
 * A judge of 28×28 grey digits, or of images whose every channel is one.
 * @throws FileError where the shipped weights are missing or damaged
 */
export const openMnistJudge = (device: Device): MnistJudge =>
  mnistJudge(device, loadClassifier(WEIGHTS, device), () => loadMnist('test'));
