/** The options of `gan train`: every key of the configuration has a flag, files and flags say the same, mistakes are one line. */
import { writeFileSync } from 'node:fs';
import { BASE, completeConfig, configSchema, type RunConfig } from '@ganvas/gan';
import { readConfigFile } from '../../../packages/gan/src/cli/config-options.ts';
import { UsageError } from '../../../packages/gan/src/cli/options.ts';
import { parseTrainOptions, trainHelp } from '../../../packages/gan/src/cli/train-options.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const folder = useTemporaryFolder();

/** Every key, with a value that is not the default. */
const OTHER: RunConfig = {
  model: 'dcgan',
  data: 'digits/',
  steps: 7,
  batch: 6,
  seed: 0,
  size: 32,
  channels: 3,
  width: 8,
  latent: 9,
  hidden: [5, 6],
  embedding: 3,
  dropout: 0.5,
  norm: 'layer',
  spectralNorm: true,
  minibatch: 'stddev',
  pack: 2,
  loss: 'minimax',
  labelSmoothing: 0.1,
  gradientPenalty: 1,
  r1: 2,
  r1Every: 4,
  clamp: 0.5,
  mismatched: true,
  featureMatching: 1,
  augment: ['color', 'cutout'],
  optimizer: 'rmsprop',
  lrG: 1e-3,
  lrD: 2e-3,
  betas: [0, 0.9],
  schedule: 'cosine',
  clipNorm: 1,
  nCritic: 2,
  ema: 0.9,
  onNonFinite: 'skip',
};

const flag = (key: string) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const flagsOf = (config: Partial<RunConfig>): string[] =>
  Object.entries(config).flatMap(([key, value]) => (value === true ? flag(key) : [flag(key), String(value)]));

describe('parseTrainOptions', () => {
  it('knows defaults, and leaves to preset and model what is theirs', () => {
    expect(parseTrainOptions(['dcgan'])).toEqual({
      said: { model: 'dcgan' },
      adapter: 'auto',
      sampleEvery: 100,
      checkpointEvery: 500,
      keep: 3,
      judgeEvery: 250,
      judgeSamples: 1000,
      explain: false,
    });
  });

  it('has a flag for every key of the configuration', () => {
    expect(Object.keys(OTHER)).toEqual(Object.keys(configSchema.shape));
    for (const [key, value] of Object.entries(OTHER))
      expect(value).not.toEqual(key === 'model' ? null : BASE[key as keyof RunConfig]);
    const { hidden, embedding, ...ofDcgan } = OTHER;
    const { model, ...said } = ofDcgan;
    expect(parseTrainOptions([model, ...flagsOf(said)]).said).toEqual(ofDcgan);
    expect(parseTrainOptions(['mlp', ...flagsOf({ hidden })]).said).toEqual({ model: 'mlp', hidden });
    expect(parseTrainOptions(['cgan', ...flagsOf({ embedding })]).said).toEqual({ model: 'cgan', embedding });
    expect(completeConfig(OTHER, 'quick')).toEqual(OTHER);
  });

  it('reads what is not of the configuration', () => {
    const line =
      'dcgan --preset paper --out runs/a --sample-every 50 --checkpoint-every 0 --keep 1 --judge-every 0 --judge-samples 100 --adapter=swiftshader --explain --lr 1e-3 --lr-d 2e-3 --augment= --no-spectral-norm';
    expect(parseTrainOptions(line.split(' '))).toEqual({
      said: { model: 'dcgan', lrG: 1e-3, lrD: 2e-3, augment: [], spectralNorm: false },
      preset: 'paper',
      out: 'runs/a',
      sampleEvery: 50,
      checkpointEvery: 0,
      keep: 1,
      judgeEvery: 0,
      judgeSamples: 100,
      adapter: 'swiftshader',
      explain: true,
    });
    expect(parseTrainOptions(['--resume', 'a', '--steps', '9'])).toMatchObject({ resume: 'a', said: { steps: 9 } });
    expect(parseTrainOptions(['--help']).help).toBe(true);
  });

  it('takes a file for flags that win over it', () => {
    const file = folder.path('a.yaml');
    writeFileSync(file, 'model: mlp\nhidden: [4]\nbatch: 6 # few\nwidth: 3\n');
    expect(parseTrainOptions(['--config', file, '--batch', '8']).said).toEqual({
      model: 'mlp',
      hidden: [4],
      batch: 8,
      width: 3,
    });
    expect(parseTrainOptions(['dcgan', '--config', file]).said.model).toBe('dcgan');
  });

  it.each([
    [['dcgan', '--stesp', '5'], "unknown option '--stesp' (Did you mean --steps?)"],
    [['dcgan', '--zzz'], "unknown option '--zzz'"],
    [['dcgan', '--steps'], "option '--steps <n>' argument missing"],
    [['dcgan', '--steps', 'many'], "option '--steps <n>' argument 'many' is invalid. Expected number"],
    [['dcgan', '--steps', '0'], "'0' is invalid. Too small: expected number to be >=1"],
    [['dcgan', '--steps', '1.5'], "'1.5' is invalid. Expected int"],
    [['dcgan', '--steps', '--batch', '4'], "'--batch' is invalid"],
    [['dcgan', '--steps', ''], "'' is invalid"],
    [['dcgan', '--batch', '1'], "'1' is invalid"],
    [['dcgan', '--seed', '-1'], "'-1' is invalid"],
    [['dcgan', '--seed', '9007199254740993'], 'is invalid'],
    [['dcgan', '--lr', '0'], 'Expected a number above 0, like 2e-4.'],
    [['dcgan', '--lr', ' '], "' ' is invalid"],
    [['dcgan', '--lr-g', 'Infinity'], "'Infinity' is invalid"],
    [['dcgan', '--channels', '2'], "'2' is invalid"],
    [['dcgan', '--betas', '0.5'], "'0.5' is invalid"],
    [['dcgan', '--betas', '0.5,0.9,1'], 'is invalid'],
    [['dcgan', '--loss', 'gan'], "'gan' is invalid. Expected one of"],
    [['dcgan', '--augment', 'color,blur'], "'color,blur' is invalid"],
    [['dcgan', '--preset', 'fast'], "'fast' is invalid. Allowed choices are quick, standard, paper."],
    [['dcgan', '--keep', '0'], 'Expected a whole number ≥ 1.'],
    [['dcgan', '--judge-samples', '10'], 'Expected a whole number ≥ 100.'],
    [['dcgan', '--label-smoothing', '1'], "'1' is invalid"],
    [['dcgan', '--out', ''], '--out: expected a folder, got an empty name'],
    [['--resume', ''], '--resume: expected a folder, got an empty name'],
    [['dcgan', 'extra'], 'too many arguments'],
    [['gan'], 'gan: no such model; expected one of mlp, dcgan, cgan, acgan, projection'],
    [[], 'which model? expected one of mlp, dcgan'],
    [['--resume', 'a', '--r1-every', '1'], '--r1-every cannot be given with it (--steps can)'],
    [['--resume', 'a', '--lr', '1'], '--lr cannot be given with it'],
    [['--resume', 'a', '--out', 'b'], '--out cannot be given with it'],
    [['--resume', 'a', '--preset', 'quick'], '--preset cannot be given with it'],
    [['mlp', '--width', '8'], '--width: the model mlp does not have it; of the nets it has --latent, --dropout'],
    [['dcgan', '--hidden', '8'], '--hidden: the model dcgan does not have it'],
    [['acgan', '--pack', '2'], '--pack: the model acgan does not have it'],
    [['mlp', '--data', 'ring', '--size', '32'], '--size: the data ring are points'],
  ])('refuses %j in one line', (args, message) => {
    const parse = () => parseTrainOptions(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^[^\n]*$/);
  });
});

describe('readConfigFile', () => {
  it.each([
    ['', 'expected keys and values like "batch: 64", found an empty file'],
    ['- 1', 'found [1]'],
    ['hello', 'found "hello"'],
    ['a: [1', 'expected JSON or YAML'],
    ['{"batch": 6', 'expected JSON or YAML'],
    ['batch: 6\nbatch: 7', 'expected JSON or YAML'],
    ['a: !what 1', 'Unrecognized key: "a"'],
    ['batchSize: 6', 'Unrecognized key: "batchSize"'],
    ['batch: many', 'batch: expected number, received string'],
    ['augment: color', 'augment: expected array, received string'],
    ['betas: [0.5]', 'betas'],
    ['model: gan', 'model: expected one of "mlp"|"dcgan"'],
  ])('refuses %j in one line', (text, message) => {
    const file = folder.path('a.yaml');
    writeFileSync(file, text);
    const read = () => readConfigFile(file);
    expect(read).toThrow(FileError);
    expect(read).toThrow(message);
    expect(read).toThrow(/a\.yaml: [^\n]*$/);
  });

  it('refuses what is not there, or no file', () => {
    expect(() => readConfigFile(folder.path('none'))).toThrow(/^cannot read .*none: no such file/);
    expect(() => readConfigFile(folder.path())).toThrow(/^cannot read .*EISDIR/);
  });
});

describe('trainHelp', () => {
  it('lists every option on a page of 100 columns', () => {
    const lines = trainHelp().split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    const flags = lines.flatMap((line) => line.match(/^ {2}(?:-h, )?(--[a-z0-9-]+)/)?.[1] ?? []);
    const own =
      '--preset --config --out --resume --sample-every --checkpoint-every --keep --judge-every --judge-samples --adapter --explain --lr --help --no-mismatched --no-spectral-norm';
    const keys = Object.keys(configSchema.shape).filter((key) => key !== 'model');
    expect(flags.sort()).toEqual([...own.split(' '), ...keys.map(flag)].sort());
  });
});
