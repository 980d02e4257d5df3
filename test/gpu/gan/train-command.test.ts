/** `gan train` as its users run it: what a run leaves, how it stops and goes on, and what it can be trained on. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { decodeSafetensors, encodeSafetensors, writeIdx } from '@ganvas/gan';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { useTemporaryFolder } from '../../pure/gan-files/temporary-folder.ts';
import { ADAPTER, filesIn, startGan, trainHere } from './run-command.ts';

const folder = useTemporaryFolder();
const COMMON = ['--adapter', ADAPTER, '--batch', '8', '--judge-samples', '100'];
/** The cheapest run: points of the plane, and nearly no net. */
const RING = ['mlp', '--data', 'ring', '--hidden', '6', '--latent', '2', ...COMMON];
const SOUND = { code: 0, stderr: expect.not.stringMatching(/warning|error/i) };

/** Runs here, and expects nothing to be wrong. @returns what it printed */
async function trained(...args: string[]): Promise<string> {
  const finished = await trainHere(...args);
  expect(finished).toMatchObject(SOUND);
  return finished.stdout;
}

const rows = (path: string): string[][] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

it('trains, and leaves configuration, checkpoints, figures, pictures and a report', async () => {
  const out = folder.path('whole');
  const args = ['mlp', '--hidden', '8', ...COMMON, '--steps', '5', '--sample-every', '2', '--judge-every', '2'];
  const { code, stdout } = await startGan(['train', ...args, '--checkpoint-every', '1', '--keep', '2', '--out', out])
    .finished;
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^adapter {2}\S.*\nrun {6}\S+whole: mlp on mnist.*\nstep .*\njudged .*MNIST-FD.*\ndone .*report/,
  );
  const files = filesIn(out);
  expect([...files.keys()].map((name) => name.replace(/\.\d+\..*/, ''))).toEqual([
    'best.safetensors',
    'checkpoints/step-000004.safetensors',
    'checkpoints/step-000005.safetensors',
    'config.json',
    'curves.png',
    'events.out.tfevents',
    'evolution.gif',
    'grids/step-000002.png',
    'grids/step-000004.png',
    'judged.csv',
    'metrics.csv',
    'metrics.jsonl',
    'report.html',
    'samples.png',
  ]);
  const metrics = rows(`${out}/metrics.csv`);
  expect(metrics[0]).toEqual('step,epoch,lossD,lossG,dReal,dFake,gradD,gradG'.split(','));
  expect(metrics.slice(1).map(([step]) => step)).toEqual(['1', '2', '3', '4', '5']);
  expect(rows(`${out}/judged.csv`).map(([step]) => step)).toEqual(['step', '2', '4', '5']);
  expect(PNG.sync.read(files.get('samples.png')!).width).toBe(PNG.sync.read(files.get('samples.png')!).height);
  expect(PNG.sync.read(files.get('curves.png')!).width).toBeGreaterThan(500);
  expect(files.get('evolution.gif')!.subarray(0, 6).toString()).toBe('GIF89a');
  expect(files.get('report.html')!.toString()).toContain('mlp on mnist');
  expect(JSON.parse(files.get('config.json')!.toString())).toMatchObject({ model: 'mlp', data: 'mnist', hidden: [8] });
});

it('stopped by Ctrl-C finishes its step, saves, says how to go on; resumed and prolonged it ends in the same bits', async () => {
  const args = [...RING, '--ema', '0.9', '--r1', '1', '--r1-every', '3', '--dropout', '0.2'];
  const every = ['--sample-every', '50', '--judge-every', '20', '--checkpoint-every', '30', '--adapter', ADAPTER];
  const judging = ['--judge-samples', '100'];
  const out = folder.path('stopped');
  const running = startGan(['train', ...args, ...every, '--steps', '100000', '--out', out]);
  while (!/^step \d+\//m.test(running.stderr())) await new Promise((resolve) => setTimeout(resolve, 20));
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.finished;
  expect(code).toBe(130);
  expect(stderr).toContain('stopping after this step');
  expect(stdout).toContain(`Continue with: npm run gan -- train --resume ${out}`);
  const done = Number(/stopped {2}after step (\d+)/.exec(stdout)![1]);
  expect(done).toBeLessThan(5000);
  const target = String(done + 2);
  expect(await trained('--resume', out, '--steps', target, ...every, ...judging)).toContain(`from step ${done}`);
  expect(JSON.parse(readFileSync(`${out}/config.json`, 'utf8')).steps).toBe(done + 2);
  const straight = folder.path('straight');
  await trained(...args, ...every, '--steps', target, '--out', straight);
  const [resumed, whole] = [filesIn(out), filesIn(straight)];
  const last = `checkpoints/step-${target.padStart(6, '0')}.safetensors`;
  for (const file of [last, 'metrics.csv', 'metrics.jsonl', 'judged.csv', 'samples.png', 'evolution.gif'].filter(
    (file) => whole.has(file),
  ))
    expect({ file, same: resumed.get(file)?.equals(whole.get(file)!) }).toEqual({ file, same: true });
  expect(whole.has(last)).toBe(true);
});

it('resumed goes on with the kernels that the run began with, and explains them', async () => {
  const out = folder.path('pinned');
  await trained(...RING, '--steps', '1', '--out', out);
  const path = `${out}/checkpoints/step-000001.safetensors`;
  const kernelsOf = (file: string) => decodeSafetensors(readFileSync(file), file).metadata.kernels!;
  // Not what the order has first: only the run's own choice can be the reason to take it.
  const [, problem, rung] = /"(matmul \[8,[^"]*)":"([^"]*)"/.exec(kernelsOf(path))!;
  expect(rung).not.toBe('0-naive');
  const { tensors, metadata } = decodeSafetensors(readFileSync(path), path);
  const kernels = metadata.kernels!.replace(/("matmul \[8,[^"]*":)"[^"]*"/, '$1"0-naive"');
  writeFileSync(path, encodeSafetensors(tensors, { ...metadata, kernels }));
  const printed = await trained('--resume', out, '--steps', '2', '--adapter', ADAPTER, '--explain');
  expect(printed.split('\n').find((line) => line.endsWith(problem!))).toMatch(/^0-naive +pinned by the run /);
  expect(kernelsOf(`${out}/checkpoints/step-000002.safetensors`)).toContain(`"${problem}":"0-naive"`);
});

it('killed before its first checkpoint, begins anew in the same folder', async () => {
  const [out, whole] = [folder.path('begun'), folder.path('whole')];
  await trained(...RING, '--steps', '2', '--out', whole);
  mkdirSync(out);
  copyFileSync(`${whole}/config.json`, `${out}/config.json`);
  writeFileSync(`${out}/.metrics.csv.123.tmp`, 'step,ep');
  await trained('--resume', out, '--adapter', ADAPTER, '--judge-samples', '100');
  const [begun, same] = [filesIn(out), filesIn(whole)];
  const names = (files: Map<string, Buffer>) => [...files.keys()].filter((name) => !name.startsWith('events'));
  expect(names(begun)).toEqual(names(same));
  expect(begun.get('checkpoints/step-000002.safetensors')).toEqual(same.get('checkpoints/step-000002.safetensors'));
});

it('makes the same run of flags, of JSON, of YAML and of the config.json of a run', async () => {
  const flags = folder.path('flags');
  await trained(...RING, '--steps', '1', '--betas', '0,0.9', '--spectral-norm', '--out', flags);
  const checkpoint = readFileSync(`${flags}/checkpoints/step-000001.safetensors`);
  const settings = { data: 'ring', hidden: [6], latent: 2, batch: 8, steps: 1, betas: [0, 0.9], spectralNorm: true };
  writeFileSync(folder.path('a.json'), JSON.stringify({ model: 'mlp', ...settings }));
  const yaml = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)} # said\n`);
  writeFileSync(folder.path('a.yaml'), `model: mlp\n${yaml.join('')}`);
  copyFileSync(`${flags}/config.json`, folder.path('given-back.json'));
  for (const file of ['a.json', 'a.yaml', 'given-back.json']) {
    const out = folder.path(`of-${file}`);
    await trained('--config', folder.path(file), '--adapter', ADAPTER, '--judge-samples', '100', '--out', out);
    expect(readFileSync(`${out}/checkpoints/step-000001.safetensors`).equals(checkpoint)).toBe(true);
  }
});

describe('data of one’s own', () => {
  const SMALL = ['--size', '16', '--width', '2', '--batch', '4', '--latent', '4', '--embedding', '2', '--steps', '1'];
  const grid = (out: string) => PNG.sync.read(readFileSync(`${out}/samples.png`));

  it('a folder of images, its subfolders as classes: the grid of a cGAN has a row a class', async () => {
    const images = folder.path('flags');
    for (const [c, name] of ['at', 'be', 'ch'].entries()) {
      mkdirSync(`${images}/${name}`, { recursive: true });
      for (let i = 0; i < 2; i++) {
        const background = { r: 80 * c, g: 40, b: 100 * i };
        await sharp({ create: { width: 20, height: 24, channels: 3, background } }).toFile(
          `${images}/${name}/${i}.png`,
        );
      }
    }
    writeFileSync(`${images}/ch/bad.png`, 'no picture');
    const out = folder.path('out');
    const args = ['cgan', '--data', images, ...SMALL, '--channels', '3', '--adapter', ADAPTER];
    const { code, stdout } = await trainHere(...args, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^note .*left out 1 of 7 images.*bad\.png/m);
    const { width, height } = grid(out);
    expect(Math.round(width / height)).toBe(Math.round(8 / 3));
    expect(readdirSync(out)).not.toContain('judged.csv');
  });

  it('IDX files of images and labels', async () => {
    const [images, labels] = [folder.path('i.idx3-ubyte'), folder.path('l.idx1-ubyte')];
    writeIdx(
      images,
      [6, 20, 20],
      Uint8Array.from({ length: 2400 }, (_, i) => i % 251),
    );
    writeIdx(labels, [6], Uint8Array.from([0, 1, 1, 0, 1, 0]));
    const out = folder.path('out');
    await trained('cgan', '--data', `${images}:${labels}`, ...SMALL, '--adapter', ADAPTER, '--out', out);
    const { width, height } = grid(out);
    expect(Math.round(width / height)).toBe(4);
  });
});

it('reports what its rules add: the slope of a critic, the penalty R1 where it is due', async () => {
  const [critic, lazy] = [folder.path('critic'), folder.path('lazy')];
  await trained(...RING, '--loss', 'wgan-gp', '--n-critic', '2', '--steps', '2', '--out', critic);
  const [header, ...steps] = rows(`${critic}/metrics.csv`);
  expect(header!.at(-1)).toBe('slope');
  for (const row of steps) expect(Number(row.at(-1))).toBeGreaterThan(0);

  await trained(...RING, '--r1', '2', '--r1-every', '2', '--steps', '3', '--out', lazy);
  const penalties = rows(`${lazy}/metrics.csv`).map((row) => row.at(-1));
  expect(penalties.map((cell) => Number.isNaN(Number(cell)))).toEqual([true, false, true, false]);
  expect(penalties[0]).toBe('r1');
});

describe('a run that diverges', () => {
  const WILD = [...RING, '--lr', '1e30', '--steps', '6', '--checkpoint-every', '1'];

  it('stops, in one line: where, what, the last good checkpoint, and advice', async () => {
    const out = folder.path('wild');
    const { code, stderr } = await startGan(['train', ...WILD, '--out', out]).finished;
    expect(code).toBe(3);
    const said = stderr
      .trimEnd()
      .split('\n')
      .filter((line) => !/^(Warning: max|step )/.test(line));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^stopped: step \d: not finite: \S.*; the last good checkpoint is .*; try lower learning rates/,
    );
    const path = /checkpoint is (\S+);/.exec(said[0]!)![1]!;
    const { tensors } = decodeSafetensors(readFileSync(path), path);
    const values = Object.values(tensors).flatMap(({ data }) => [...data]);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Object.keys(tensors)).toEqual(expect.arrayContaining(['generator.fc1.weight', 'random']));
    expect([...filesIn(out).keys()].filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('skips such steps and says so, where that is asked for', async () => {
    const out = folder.path('skipping');
    const { code, stderr } = await trainHere(...WILD, '--on-non-finite', 'skip', '--out', out);
    expect(code).toBe(0);
    expect(
      stderr.match(/^warning {2}step \d: a loss or gradient was not finite and the update was skipped/gm),
    ).toHaveLength(1);
    const skipped = rows(`${out}/metrics.csv`).map((row) => row.at(-1));
    expect(skipped[0]).toBe('skipped');
    expect(skipped).toHaveLength(7);
    expect(skipped.slice(1)).toContain('1');
    expect(readdirSync(`${out}/checkpoints`)).toContain('step-000006.safetensors');
  });
});

it('outlives the reader of its output', async () => {
  const out = folder.path('piped');
  const wrap = (command: string[]) => ['bash', '-o', 'pipefail', '-c', '"$@" | head -1', 'bash', ...command];
  const { code, stdout } = await startGan(['train', ...RING, '--steps', '2', '--out', out], { wrap }).finished;
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(readdirSync(out)).toContain('report.html');
});

it('a file that cannot be written ends it in one line; it goes on from the last checkpoint when there is room', async () => {
  const [out, whole] = [folder.path('full'), folder.path('whole')];
  const args = ['--adapter', ADAPTER, '--checkpoint-every', '3', '--sample-every', '2', '--judge-samples', '100'];
  await trained(...RING, ...args, '--steps', '5', '--out', whole);
  mkdirSync(`${out}/grids/step-000004.png/taken`, { recursive: true });
  const { code, stderr } = await trainHere(...RING, ...args, '--steps', '5', '--out', out);
  expect(code).toBe(2);
  const said = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(Warning: max|step )/.test(line));
  expect(said).toEqual([
    expect.stringMatching(/^cannot write \S+step-000004\.png: .*; the run is saved up to step 3: --resume \S+full$/),
  ]);
  expect([...filesIn(out).keys()].filter((name) => name.endsWith('.tmp'))).toEqual([]);
  rmSync(`${out}/grids/step-000004.png`, { recursive: true });
  await trained('--resume', out, ...args);
  const [left, right] = [filesIn(whole), filesIn(out)];
  const last = 'checkpoints/step-000005.safetensors';
  for (const file of [last, 'metrics.csv', 'judged.csv', 'grids/step-000004.png', 'evolution.gif'])
    expect({ file, same: right.get(file)!.equals(left.get(file)!) }).toEqual({ file, same: true });
});
