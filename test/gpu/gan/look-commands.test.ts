/** `gan sample`, `interpolate`, `walk`, `arithmetic`, `latents` and `evaluate`, on tiny runs. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readIdx } from '@ganvas/gan';
import { PNG } from 'pngjs';
import { useLookRuns } from './look-runs.ts';

const { path, done } = useLookRuns();

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
