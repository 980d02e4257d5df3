/** Everything that one can get wrong with `gan sample`, `interpolate`, `walk`, `arithmetic`, `latents` and `evaluate`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeIdx } from '@ganvas/gan';
import { ADAPTER, COMMANDS, gan, type Name, useLookRuns } from './look-runs.ts';

const { folder, path } = useLookRuns();

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
