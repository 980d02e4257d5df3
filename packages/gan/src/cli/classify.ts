/** `npm run classify`: trains a classifier of digits on MNIST, and shows what it gets wrong. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Device, openDevice } from '@ganvas/tensor';
import { loadMnist } from '../data/mnist.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { openCsv } from '../files/csv.ts';
import { accessFile, FileError } from '../files/file-error.ts';
import { encodeGrid } from '../files/png.ts';
import { classifierReader } from '../judge/reader.ts';
import { likeliestClasses } from '../metrics/class-balance.ts';
import { confusion, formatConfusion } from '../metrics/confusion.ts';
import { featureStatistics } from '../metrics/feature-statistics.ts';
import { saveClassifier } from '../models/classifier-file.ts';
import { createClassifierTrainer } from '../train-classifier.ts';
import { type ClassifyOptions, classifyHelp, parseClassifyOptions } from './classify-options.ts';
import { runCommand } from './fail.ts';
import { UsageError } from './options.ts';
import { outliveClosedPipes, startProgress } from './progress.ts';

/** Misclassified digits that the picture shows at most, and how many of them in a row. */
const PICTURED = { most: 400, columns: 20 };
/** Steps over which the shown loss is averaged. */
const CALM = 50;

async function main(): Promise<void> {
  outliveClosedPipes();
  const options = parseClassifyOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(classifyHelp());
    return;
  }
  const out = options.out ?? `runs/classify-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
  const device = await openDevice({ adapter: options.adapter, robustness: false });
  try {
    say(`adapter  ${device.note}`);
    await trainAndTest(device, options, out);
  } finally {
    device.close();
  }
}

async function trainAndTest(device: Device, options: ClassifyOptions, out: string): Promise<void> {
  const { epochs, batch, width: channels, seed, save } = options;
  const [digits, test] = [loadMnist('train'), loadMnist('test')];
  if (batch > digits.count) throw new UsageError(`--batch ${batch}: there are ${digits.count} digits to train with`);
  if (save) checkSavable(save);
  accessFile('write', out, () => mkdirSync(out, { recursive: true }));
  const trainer = createClassifierTrainer(device, { epochs, batch, seed, width: channels }, digits);
  await trainer.prepare();
  say(`run      ${trainer.steps} steps in ${epochs} epochs, batch ${batch}, seed ${seed}`);

  const progress = startProgress({ total: trainer.steps });
  const losses: number[] = [];
  await trainer.train((arrived) => {
    losses.push(...arrived);
    const recent = losses.slice(-CALM);
    if (recent.length > 0)
      progress.update(losses.length, [`loss ${(recent.reduce((a, b) => a + b) / recent.length).toFixed(3)}`]);
  });
  progress.stop();

  const reader = classifierReader(device, trainer.model);
  const { probabilities, features } = await reader.read(test);
  reader.dispose();
  const predictions = likeliestClasses(probabilities);
  const result = confusion(test.labels, predictions);
  say(`accuracy ${(100 * result.accuracy).toFixed(2)} % of ${test.count} test digits, ${result.wrong.length} wrong\n`);
  say(`${formatConfusion(result)}\n`);

  const table = openCsv(join(out, 'misclassified.csv'), ['index', 'label', 'predicted']);
  for (const index of result.wrong) table.append({ index, label: test.labels[index]!, predicted: predictions[index]! });
  table.close();
  const shown = result.wrong.slice(0, PICTURED.most);
  if (shown.length > 0) {
    const { height, width } = test;
    const pixels = shown.flatMap((i) => [...test.images.subarray(i * height * width, (i + 1) * height * width)]);
    const layout = {
      count: shown.length,
      columns: Math.min(PICTURED.columns, shown.length),
      height,
      width,
      channels: 1,
    } as const;
    const values = Float32Array.from(pixels, (byte) => byte / 127.5 - 1);
    writeFileAtomic(join(out, 'misclassified.png'), encodeGrid(values, layout));
  }
  if (save) {
    const trained = { model: trainer.model, statistics: featureStatistics(features) };
    await saveClassifier(save, trained, provenance(options, device, result.accuracy));
  }
  say(
    `wrote    ${save ? `${save}, ` : ''}${join(out, 'misclassified.csv')}${shown.length > 0 ? ` and misclassified.png, ${shown.length} digits row by row` : ''}`,
  );
}

/** What a file cannot be written for is better known before the training than after it. */
function checkSavable(path: string): void {
  accessFile('write', path, () => accessSync(dirname(path), constants.W_OK));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new FileError(`cannot write ${path}: it is a folder, expected a file's name`);
}

/** How the weights came about, for their file. */
const provenance = ({ epochs, batch, width, seed }: ClassifyOptions, device: Device, accuracy: number) => ({
  command: `npm run classify -- --epochs ${epochs} --batch ${batch} --width ${width} --seed ${seed}`,
  seed: String(seed),
  adapter: device.adapter.name,
  accuracy: `${accuracy} of the 10,000 MNIST test digits`,
  layout: 'images NHWC, convolutions HWIO, dense layers [in, out]',
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await runCommand(main);
