/** `gan sample`, `interpolate`, `walk`, `arithmetic`, `latents` and `evaluate`, on tiny runs, and everything that one can get wrong. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  completeConfig,
  createTrainer,
  openData,
  type RunConfig,
  readIdx,
  saveCheckpoint,
  writeIdx,
} from '@ganvas/gan';
import { type Device, openDevice } from '@ganvas/tensor';
import { PNG } from 'pngjs';
import { arithmetic } from '../../../packages/gan/src/cli/arithmetic.ts';
import { evaluate } from '../../../packages/gan/src/cli/evaluate.ts';
import { runCommand } from '../../../packages/gan/src/cli/fail.ts';
import { interpolate } from '../../../packages/gan/src/cli/interpolate.ts';
import { latents } from '../../../packages/gan/src/cli/latents.ts';
import { sample } from '../../../packages/gan/src/cli/sample.ts';
import { walk } from '../../../packages/gan/src/cli/walk.ts';
import { keepKernelChoices } from '../../../packages/gan/src/run/kernel-choices.ts';

const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
const COMMANDS = { sample, interpolate, walk, arithmetic, latents, evaluate };
type Name = keyof typeof COMMANDS;

const folder = mkdtempSync(join(tmpdir(), 'ganvas-look-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** A run that did a step or none: what is looked at is the same. */
async function trained(device: Device, name: string, said: Partial<RunConfig>, steps = 0): Promise<void> {
  const config = completeConfig({ steps: 1, batch: 8, ...said }, 'quick');
  const source = await openData(config.data, { ...config, device });
  const trainer = createTrainer(device, config, source);
  if (steps > 0) {
    await trainer.prepare();
    trainer.step(0);
    await trainer.reports.flush();
  }
  mkdirSync(path(`${name}/checkpoints`), { recursive: true });
  const about = {
    config,
    step: steps,
    adapter: device.adapter.name,
    kernels: keepKernelChoices(device, null).record(),
    data: source,
  };
  await saveCheckpoint(path(`${name}/checkpoints/step-000000.safetensors`), trainer.state, about);
}

beforeAll(async () => {
  const device = await openDevice({ adapter: ADAPTER });
  try {
    await trained(device, 'digits', { model: 'mlp', hidden: [8] }, 1);
    await trained(device, 'told', { model: 'cgan', width: 4, size: 16, latent: 10 });
    await trained(device, 'stacked', { model: 'mlp', hidden: [8], data: 'stacked-mnist' });
    await trained(device, 'ring', { model: 'mlp', hidden: [8], data: 'ring' });
    // Grey images that are no digits, of which nobody knows the classes.
    writeIdx(path('noise.idx3-ubyte'), [8, 4, 4], new Uint8Array(128));
    await trained(device, 'noise', { model: 'mlp', hidden: [8], data: path('noise.idx3-ubyte'), size: 4 });
  } finally {
    device.close();
  }
});

/** Runs a command as `npm run gan` does, and catches what it would leave in the terminal. */
async function gan(name: Name, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const streams = ['stdout', 'stderr'] as const;
  const originals = streams.map((stream) => process[stream].write);
  for (const stream of streams)
    process[stream].write = (text: string | Uint8Array) => {
      said[stream] += text;
      return true;
    };
  try {
    await runCommand(() => COMMANDS[name](args));
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    streams.forEach((stream, i) => {
      process[stream].write = originals[i]!;
    });
    process.exitCode = 0;
  }
}

/** The same of a command that is expected to do its work. */
async function done(name: Name, run: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await gan(name, path(run), '--adapter', ADAPTER, ...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const png = (name: string) => PNG.sync.read(readFileSync(path(name)));
/** Width or height of a grid of 28×28 images, three times as large, with lines of 2. */
const across = (tiles: number) => 2 + tiles * (3 * 28 + 2);
/** Bytes of one sample of an IDX file. */
const image = (name: string, i: number) => {
  const { dims, data } = readIdx(path(name));
  const size = dims.slice(1).reduce((a, b) => a * b, 1);
  return data.subarray(i * size, (i + 1) * size);
};

describe('sample', () => {
  it('makes the same bytes of the same seed; sample i of seed n is sample 0 of seed n + i', async () => {
    const said = await done('sample', 'digits', '--seed', '5', '--count', '10', '--out', path('a.idx3-ubyte'));
    expect(said).toContain('a.idx3-ubyte: seeds 5 to 14');
    expect(said).toMatch(/^run .*mlp on mnist, step 1, moving average of the weights$/m);
    await done('sample', 'digits', '--seed', '5', '--count', '10', '--out', path('again.idx3-ubyte'));
    await done('sample', 'digits', '--seed', '8', '--count', '1', '--out', path('b.idx3-ubyte'));
    await done('sample', 'digits', '--seed', '5', '--count', '10', '--no-ema', '--out', path('raw.idx3-ubyte'));
    expect(readIdx(path('a.idx3-ubyte')).dims).toEqual([10, 28, 28]);
    expect(readFileSync(path('again.idx3-ubyte'))).toEqual(readFileSync(path('a.idx3-ubyte')));
    expect(image('b.idx3-ubyte', 0)).toEqual(image('a.idx3-ubyte', 3));
    expect(image('a.idx3-ubyte', 0)).not.toEqual(image('a.idx3-ubyte', 3));
    expect(image('raw.idx3-ubyte', 0)).not.toEqual(image('a.idx3-ubyte', 0));
    expect(existsSync(path('a.idx1-ubyte'))).toBe(false);
  });

  it('draws a grid, by default into the run’s folder', async () => {
    await done('sample', 'digits');
    expect(png('digits/sample.png')).toMatchObject({ width: across(8), height: across(8) });
    await done('sample', 'digits', '--count', '7', '--grid', '5', '--truncation', '0.5', '--out', path('cut.png'));
    expect(png('cut.png')).toMatchObject({ width: across(5), height: across(2) });
  });

  it('asks a conditional run for its classes in turn, or for some', async () => {
    await done('sample', 'told', '--count', '12', '--out', path('t-images-idx3-ubyte'));
    expect([...readIdx(path('t-labels-idx1-ubyte')).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    await done('sample', 'told', '--count', '3', '--class', '3,5', '--out', path('some.idx3-ubyte'));
    expect([...readIdx(path('some.idx1-ubyte')).data]).toEqual([3, 5, 3]);
    await done('sample', 'told', '--count', '3', '--class', '3,5', '--out', path('some/'));
    expect(readdirSync(path('some'), { recursive: true }).sort()).toEqual([
      '3',
      '3/000001.png',
      '3/000003.png',
      '5',
      '5/000002.png',
    ]);
    const { data, width } = png('some/5/000002.png');
    expect(width).toBe(16);
    expect([...image('some.idx3-ubyte', 1)]).toEqual([...data].filter((_, i) => i % 4 === 0));
  });

  it('writes RGB with its channels, and fills an empty folder', async () => {
    await done('sample', 'stacked', '--count', '2', '--out', path('rgb.idx4-ubyte'));
    expect(readIdx(path('rgb.idx4-ubyte')).dims).toEqual([2, 28, 28, 3]);
    mkdirSync(path('empty'));
    await done('sample', 'stacked', '--count', '2', '--out', path('empty'));
    expect(readdirSync(path('empty')).sort()).toEqual(['000001.png', '000002.png']);
    expect([...image('rgb.idx4-ubyte', 0)]).toEqual([...png('empty/000001.png').data].filter((_, i) => i % 4 !== 3));
  });

  it('draws points, or lists them', async () => {
    await done('sample', 'ring', '--count', '3', '--seed', '7', '--out', path('points.csv'));
    const [header, ...rows] = readFileSync(path('points.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('seed,x,y');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['7', '8', '9']);
    expect(rows.flatMap((row) => row.split(',').map(Number)).every(Number.isFinite)).toBe(true);
    await done('sample', 'ring', '--out', path('points.png'));
    expect(png('points.png').width).toBe(1000);
  });
});

describe('interpolate, walk, arithmetic', () => {
  it('draw strips whose ends are the samples of their seeds', async () => {
    const said = await done(
      'interpolate',
      'digits',
      '--rows',
      '2',
      '--steps',
      '4',
      '--stops',
      '3',
      '--out',
      path('strip.png'),
    );
    expect(said).toContain('2 rows, the first through seeds 1 – 3 – 5, the last through 2 – 4 – 6');
    await done('sample', 'digits', '--count', '6', '--grid', '2', '--out', path('ends.png'));
    const [strip, ends] = [png('strip.png'), png('ends.png')];
    expect([strip.width, strip.height]).toEqual([across(7), across(2)]);
    for (const [i, column] of [0, 3, 6].entries())
      for (const row of [0, 1]) expect(tile(strip, column, row)).toEqual(tile(ends, row, i));
    expect(tile(strip, 1, 0)).not.toEqual(tile(strip, 0, 0));
  });

  it('keep the latent and change the class in the rows of a conditional run', async () => {
    const args = ['--rows', '4', '--class', '3,5', '--from', '2', '--to', '9'];
    const said = await done('interpolate', 'told', ...args, '--out', path('classes.gif'));
    expect(said).toContain('the first through seeds 2 – 9, the last through 3 – 10');
    expect(gifFrames('classes.gif')).toBe(14);
  });

  it('walk in a circle of as many frames as are asked for', async () => {
    await done('walk', 'told', '--frames', '5', '--stops', '2', '--grid', '2');
    expect(gifFrames('told/walk.gif')).toBe(5);
    const once = readFileSync(path('told/walk.gif'));
    await done('walk', 'told', '--frames', '5', '--stops', '2', '--grid', '2', '--seed', '1');
    expect(readFileSync(path('told/walk.gif'))).toEqual(once);
  });

  it('show the terms of a sum and its result in the last column', async () => {
    const said = await done('arithmetic', 'digits', '3 - 1 + 4', 'mean(5,5)', '--out', path('sum.png'));
    expect(said).toContain('3 - 1 + 4\n         mean(5, 5)\n');
    await done('sample', 'digits', '--count', '6', '--grid', '6', '--out', path('terms.png'));
    const [sum, terms] = [png('sum.png'), png('terms.png')];
    expect([sum.width, sum.height]).toEqual([across(4), across(2)]);
    for (const [column, seed] of [3, 1, 4].entries()) expect(tile(sum, column, 0)).toEqual(tile(terms, seed - 1, 0));
    // A mean of one latent is that direction; between it and the result the row is black.
    expect(tile(sum, 0, 1)).toEqual(tile(sum, 3, 1));
    expect(tile(sum, 1, 1)).toEqual(tile(sum, 2, 1));
    expect(tile(sum, 3, 0)).not.toEqual(tile(sum, 0, 0));
  });
});

/** Grey values of a 28×28 image's tile, three times as large, in a grid. */
function tile({ data, width }: PNG, column: number, row: number): number[] {
  const [left, top] = [across(column), across(row)];
  return Array.from({ length: 84 * 84 }, (_, i) => data[4 * ((top + Math.floor(i / 84)) * width + left + (i % 84))]!);
}

/** Graphic control extensions: one a frame. */
const gifFrames = (name: string) => readFileSync(path(name)).toString('latin1').split('\x21\xf9\x04').length - 1;

describe('latents', () => {
  it.each<[string, string[], string]>([
    ['digits', ['--map', 'tsne', '--of', 'features'], 'of 20 samples, coloured by the digit that the judge reads'],
    ['told', ['--map', 'tsne', '--of', 'pixels', '--class', '1,2'], 'coloured by the class that they were told'],
    ['ring', ['--of', 'pixels'], 'coloured by the mode that they hit'],
    ['noise', [], 'coloured by nothing'],
  ])('maps %s with %j', async (run, args, said) => {
    expect(await done('latents', run, ...args, '--count', '20')).toContain(said);
    expect(png(`${run}/latents.png`).width).toBe(1000);
  });
});

describe('evaluate', () => {
  const names = (json: string) => {
    const { figures } = JSON.parse(readFileSync(path(json), 'utf8')) as {
      figures: { name: string; samples: number }[];
    };
    return figures.map(({ name, samples }) => `${name}: ${samples}`);
  };

  it('counts the modes of points, with intervals', async () => {
    const said = await done('evaluate', 'ring', '--samples', '200', '--json', path('ring.json'));
    expect(said).toMatch(/share of good samples .* – /);
    expect(names('ring.json')).toEqual(['modes of 8: 200', 'share of good samples: 200']);
  });

  it('counts the modes of Stacked MNIST, in a run and in a file', async () => {
    await done('evaluate', 'stacked', '--samples', '100', '--resamples', '5', '--json', path('stacked.json'));
    await done('sample', 'stacked', '--count', '100', '--out', path('stacked.idx4-ubyte'));
    await done('evaluate', 'stacked.idx4-ubyte', '--resamples', '5', '--json', path('file.json'));
    expect(names('stacked.json')).toEqual(['modes of 1,000: 100', 'KL to equal shares: 100']);
    expect(names('file.json')).toEqual(names('stacked.json'));
  });
});

describe('what cannot be done', () => {
  const damaged = 'damaged.safetensors';
  beforeAll(() => {
    writeFileSync(path(damaged), readFileSync(path('ring/checkpoints/step-000000.safetensors')));
    truncateSync(path(damaged), 300);
    mkdirSync(path('hollow'));
    mkdirSync(path('full/of'), { recursive: true });
    writeFileSync(path('text.idx3-ubyte'), 'no images');
    writeIdx(path('few.idx3-ubyte'), [3, 4, 4], new Uint8Array(48));
    writeFileSync(path('a-file'), '');
  });

  it.each<[Name, string[], RegExp]>([
    ['sample', [], /^which run\?.*--help/],
    ['sample', ['RUN/digits', 'more'], /too many arguments/],
    ['sample', ['RUN/digits', '--cuont', '3'], /unknown option '--cuont'.*Did you mean --count/],
    ['sample', ['RUN/digits', '--count', '0'], /--count.*'0'.*whole number ≥ 1/],
    [
      'sample',
      ['RUN/digits', '--count', '10000000'],
      /^--count: 10000000 examples of 784 numbers are too many.*at most/,
    ],
    ['sample', ['RUN/digits', '--count', '100000'], /^100000 samples are too many for one picture.*IDX/],
    ['sample', ['RUN/digits', '--grid', '0'], /--grid.*'0'/],
    ['sample', ['RUN/digits', '--seed', '1e20'], /--seed.*'1e20'/],
    ['sample', ['RUN/digits', '--seed', '999999999999999'], /--seed.*from 0 to 281474976710656/],
    ['sample', ['RUN/digits', '--truncation', '0'], /--truncation.*Expected a number ≥ 0.1/],
    ['sample', ['RUN/digits', '--class', '3'], /^--class 3: this run's generator is told no classes/],
    ['sample', ['RUN/told', '--class', '12'], /^--class 12: no class "12"; expected a number from 0 to 9/],
    ['sample', ['RUN/digits', '--best'], /holds no best.safetensors/],
    ['sample', ['RUN/missing'], /missing: no such folder/],
    ['sample', ['RUN/hollow'], /holds no checkpoint/],
    ['sample', [`RUN/${damaged}`], /damaged.safetensors: /],
    ['sample', ['RUN/missing.safetensors'], /^cannot read .*missing.safetensors.*ENOENT/],
    ['sample', ['RUN/digits', '--out', 'RUN/x.jpg'], /^--out .*x.jpg: expected x.png/],
    ['sample', ['RUN/digits', '--out', 'RUN/missing/x.png'], /^cannot write .*ENOENT/],
    ['sample', ['RUN/digits', '--out', 'RUN/a-file/x.png'], /^cannot (read|write) .*ENOTDIR/],
    ['sample', ['RUN/digits', '--out', 'RUN/full/'], /full\/ is not empty/],
    ['interpolate', ['RUN/ring'], /^interpolate: expected a run that makes images/],
    ['interpolate', ['RUN/digits', '--stops', '1'], /--stops.*'1'/],
    ['interpolate', ['RUN/digits', '--from', 'here'], /--from.*'here'/],
    ['interpolate', ['RUN/digits', '--rows', '1000', '--steps', '1000'], /^--rows, --stops, --steps: 1000000 examples/],
    ['interpolate', ['RUN/digits', '--out', 'RUN/x.idx3-ubyte'], /ends in .png or .gif/],
    ['walk', ['RUN/digits', '--frames', '1'], /--frames.*'1'/],
    ['walk', ['RUN/digits', '--frames', '10000', '--grid', '16'], /^--frames, --grid: 2560000 examples/],
    ['walk', ['RUN/digits', '--out', 'RUN/x.png'], /ends in .gif/],
    ['arithmetic', ['RUN/digits'], /^arithmetic: which sum\?/],
    ['arithmetic', ['RUN/digits', '3 - * 4'], /^"3 - \* 4": expected a seed .* found "\*"/],
    ['arithmetic', ['RUN/digits', '3 - 3'], /^"3 - 3" is 0, which has no direction/],
    ['latents', ['RUN/digits', '--map', 'umap'], /--map.*'umap'.*pca, tsne/],
    ['latents', ['RUN/ring', '--of', 'features'], /^--of features: .* this run is on ring/],
    [
      'latents',
      ['RUN/stacked', '--of', 'pixels'],
      /^--map pca: expected at most 1024 numbers a sample, its pixels are 2352/,
    ],
    ['latents', ['RUN/digits', '--map', 'tsne', '--count', '5001'], /^--count 5001: t-SNE takes at most 5000/],
    ['latents', ['RUN/digits', '--count', '2'], /--count.*'2'/],
    ['evaluate', ['RUN/noise'], /trained on .*noise.idx3-ubyte: only runs on mnist/],
    ['evaluate', ['RUN/digits', '--samples', '99'], /--samples.*'99'.*≥ 100/],
    ['evaluate', ['RUN/digits', '--json', 'RUN/missing/x.json'], /^cannot write .*ENOENT/],
    ['evaluate', ['RUN/digits', '--neighbours', 'RUN/x.gif'], /^--neighbours .*ends in .png/],
    ['evaluate', ['RUN/ring', '--neighbours', 'RUN/x.png'], /^--neighbours .*points are no digits/],
    ['evaluate', ['RUN/stacked', '--samples', '100', '--neighbours', 'RUN/x.png'], /^--neighbours .*grey digits/],
    ['evaluate', ['RUN/text.idx3-ubyte'], /text.idx3-ubyte: expected an IDX file/],
    ['evaluate', ['RUN/few.idx3-ubyte'], /few.idx3-ubyte: expected at least 100 images to judge, found 3/],
    ['evaluate', ['RUN/few.idx3-ubyte', '--best'], /^--best is of a run/],
    ['evaluate', ['RUN/gone.idx3-ubyte'], /no such data: .*gone.idx3-ubyte/],
  ])('%s %j ends with one line and exit code 2, and leaves nothing', async (name, args, message) => {
    const before = readdirSync(folder, { recursive: true });
    const placed = args.map((arg) => arg.replace('RUN/', `${folder}/`));
    const { code, stderr } = await gan(name, ...placed, '--adapter', ADAPTER);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(code).toBe(2);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  it('is said by the program too', () => {
    const command = ['--import', 'tsx', '-C', 'source', 'packages/gan/src/cli/gan.ts', 'sample', path('missing')];
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, `${path('missing')}: no such folder; expected that of a run\n`]);
  });
});

it.each(Object.keys(COMMANDS) as Name[])('%s --help is a page of at most 100 columns', async (name) => {
  const { code, stdout, stderr } = await gan(name, '--help');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run gan -- ${name} RUN`));
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  for (const flag of ['--best', '--no-ema', '--adapter', '--help']) expect(stdout).toContain(flag);
});
