/** `gan evaluate`: what samples of a run, or images in a file, are worth, in figures. */
import { type Device, openDevice } from '@ganvas/tensor';
import { readIdxImages } from '../data/idx-images.ts';
import { grid, ring } from '../data/points.ts';
import { parseDataSpec } from '../data/spec.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { FileError } from '../files/file-error.ts';
import { judgeDigits } from '../judge/judge-digits.ts';
import { judgePoints } from '../judge/judge-points.ts';
import { judgeStacked } from '../judge/judge-stacked.ts';
import { formatJudgement, type Judgement } from '../judge/judgement.ts';
import { openMnistJudge } from '../judge/mnist-judge.ts';
import type { ReadableImages } from '../judge/reader.ts';
import { drawLatents } from '../latent/draws.ts';
import { type EvaluateOptions, evaluateCommand, LEAST_SAMPLES } from './evaluate-options.ts';
import { checkAmount, sayRun } from './look.ts';
import { checkOutput, inTurn } from './look-options.ts';
import { drawNeighbours } from './neighbours.ts';
import { type OpenedRun, withRun } from './open-run.ts';
import { UsageError } from './options.ts';
import { parseRunCommand } from './run-command.ts';
import { say } from './say.ts';

const SAMPLES = 10_000;
/** Of Stacked MNIST: what papers count modes over (PacGAN). */
const STACKED_SAMPLES = 26_000;

interface Judged extends ReadableImages {
  channels: 1 | 3;
  /** `[count]`: which digit each was asked to be. */
  labels: Uint32Array | null;
}

/** @param args the words after `evaluate` */
export async function evaluate(args: readonly string[]): Promise<void> {
  const parsed = parseRunCommand(evaluateCommand(), args);
  if (!parsed) return;
  const { run, options } = parsed;
  if (/idx\d-ubyte(\.gz)?(:|$)/.test(run)) await evaluateFile(run, options);
  else await withRun(run, options, (opened) => evaluateRun(opened, options));
}

async function evaluateRun(opened: OpenedRun, options: EvaluateOptions): Promise<void> {
  sayRun(opened);
  checkOutputs(options);
  const { checkpoint, averaged, device } = opened;
  const { path, step, config } = checkpoint;
  const judgement = await judgeRun(opened, options);
  report(judgement, options, { checkpoint: path, step, averaged, config }, device);
}

function judgeRun(opened: OpenedRun, options: EvaluateOptions): Promise<Judgement> {
  const { data } = opened.checkpoint.config;
  const [height, width, channels] = opened.generator.example as [number, number, (1 | 3)?];
  if (data === 'ring' || data === 'grid') return judgePointsOf(opened, options);
  if (data === 'stacked-mnist' || (data === 'mnist' && channels === 1))
    return judgeImagesOf(opened, { height, width, channels: channels! }, options);
  throw new UsageError(
    `${opened.checkpoint.path} was trained on ${data}${data === 'mnist' ? ' in RGB' : ''}: only runs on mnist (grey), stacked-mnist, ring and grid can be judged`,
  );
}

async function judgePointsOf(opened: OpenedRun, options: EvaluateOptions): Promise<Judgement> {
  const { generator, generate, checkpoint } = opened;
  const { samples = SAMPLES, seed, resamples, neighbours } = options;
  if (neighbours !== undefined) throw new UsageError(`--neighbours ${neighbours}: points are no digits; leave it out`);
  checkAmount(opened, samples, '--samples');
  const points = await generate(drawLatents(seed, samples, generator));
  return judgePoints(checkpoint.config.data === 'ring' ? ring() : grid(), points, { resamples });
}

async function judgeImagesOf(
  opened: OpenedRun,
  shape: { height: number; width: number; channels: 1 | 3 },
  options: EvaluateOptions,
): Promise<Judgement> {
  const { generator, generate, device } = opened;
  const { samples: count = shape.channels === 3 ? STACKED_SAMPLES : SAMPLES, seed } = options;
  checkAmount(opened, count, '--samples');
  const classes = Array.from({ length: generator.classes }, (_, i) => i);
  // Every class equally often, and so for any number of samples.
  const labels = classes.length > 0 ? inTurn(classes, count) : null;
  const images = await generate(drawLatents(seed, count, generator), labels);
  return judgeImages({ images, count, ...shape, labels }, options, device);
}

async function evaluateFile(spec: string, options: EvaluateOptions): Promise<void> {
  const { adapter, samples, best, ema } = options;
  const asked = [best && '--best', !ema && '--no-ema', samples !== undefined && '--samples'].find((flag) => flag);
  if (asked) throw new UsageError(`${asked} is of a run; all images of a file are judged, as they are`);
  const parsed = parseDataSpec(spec);
  if (parsed.kind !== 'idx') throw new FileError(`${spec}: expected an IDX file of images, found a folder`);
  checkOutputs(options);
  const { classNames, ...images } = readIdxImages(parsed.images, parsed.labels);
  if (images.count < LEAST_SAMPLES)
    throw new FileError(`${spec}: expected at least ${LEAST_SAMPLES} images to judge, found ${images.count}`);
  if (classNames.length > 10)
    throw new FileError(`${spec}: expected labels of digits, 0 to 9, found ${classNames.length - 1}`);
  const device = await openDevice({ adapter, robustness: false });
  try {
    say(`adapter  ${device.note}`);
    say(`images   ${parsed.images}: ${images.count} of ${images.height}×${images.width}×${images.channels}`);
    const judgement = await judgeImages(images, options, device);
    report(judgement, options, { images: parsed.images, labels: parsed.labels }, device);
  } finally {
    device.close();
  }
}

/** Grey images are digits, RGB ones Stacked MNIST. */
async function judgeImages(images: Judged, { resamples, neighbours }: EvaluateOptions, device: Device) {
  if (images.channels === 3 && neighbours !== undefined)
    throw new UsageError(`--neighbours ${neighbours}: expected grey digits, these are stacked in RGB; leave it out`);
  say(`judging  ${images.count} samples; a software adapter takes minutes for ten thousand`);
  const judge = openMnistJudge(device);
  try {
    if (neighbours !== undefined) {
      writeFileAtomic(neighbours, await drawNeighbours(judge, images, device));
      say(`wrote    ${neighbours}: a row a sample: itself, the nearest training digit by pixels, and by features`);
    }
    return await (images.channels === 3 ? judgeStacked : judgeDigits)(judge, images, { resamples });
  } finally {
    judge.dispose();
  }
}

function checkOutputs({ json, neighbours }: EvaluateOptions): void {
  if (json !== undefined) checkOutput('--json', json, ['.json']);
  if (neighbours !== undefined) checkOutput('--neighbours', neighbours, ['.png']);
}

function report(
  judgement: Judgement,
  { json, seed, resamples }: EvaluateOptions,
  about: Record<string, unknown>,
  device: Device,
): void {
  say(`\n${formatJudgement(judgement)}`);
  if (json === undefined) return;
  const content = { ...about, adapter: device.adapter.name, seed, resamples, figures: judgement };
  writeFileAtomic(json, `${JSON.stringify(content, null, 2)}\n`);
  say(`\nwrote    ${json}`);
}
