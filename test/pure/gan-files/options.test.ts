import { dcganHelp, parseDcganOptions, UsageError } from '../../../packages/gan/src/cli/options.ts';

describe('parseDcganOptions', () => {
  it('knows defaults, and leaves to the preset what is the preset’s', () => {
    expect(parseDcganOptions([])).toEqual({
      seed: 1,
      sampleEvery: 100,
      checkpointEvery: 500,
      samples: 1000,
      adapter: 'auto',
      explain: false,
    });
  });

  it('reads every option', () => {
    const line =
      '--preset paper --steps 500 --batch 64 --width 32 --size 128 --lr 1e-3 --seed 0 --out runs/a --sample-every 50 --checkpoint-every 0 --samples 0 --adapter=swiftshader --explain';
    expect(parseDcganOptions(line.split(' '))).toEqual({
      preset: 'paper',
      steps: 500,
      batch: 64,
      width: 32,
      size: 128,
      lr: 0.001,
      seed: 0,
      out: 'runs/a',
      sampleEvery: 50,
      checkpointEvery: 0,
      samples: 0,
      adapter: 'swiftshader',
      explain: true,
    });
    expect(parseDcganOptions(['--resume', 'runs/a', '--steps', '900'])).toMatchObject({ resume: 'runs/a', steps: 900 });
    expect(parseDcganOptions(['--help']).help).toBe(true);
  });

  it.each([
    [['--stesp', '5'], "unknown option '--stesp' (Did you mean --steps?)"],
    [['--zzz'], "unknown option '--zzz'"],
    [['--steps'], "option '--steps <n>' argument missing"],
    [['--steps', 'many'], "option '--steps <n>' argument 'many' is invalid. Expected a whole number ≥ 1."],
    [['--steps', '0'], 'Expected a whole number ≥ 1.'],
    [['--steps', '1.5'], "'1.5' is invalid"],
    [['--steps', '--batch', '4'], "'--batch' is invalid"],
    [['--steps', '1e3'], "'1e3' is invalid"],
    [['--steps', ''], "'' is invalid"],
    [['--batch', '1'], 'Expected a whole number ≥ 2.'],
    [['--seed', '-1'], "'-1' is invalid"],
    [['--seed', '9007199254740993'], 'is invalid'],
    [['--lr', '0'], 'Expected a number above 0, like 2e-4.'],
    [['--lr', 'Infinity'], "'Infinity' is invalid"],
    [['--lr', ' '], "' ' is invalid"],
    [['--size', '48'], "'48' is invalid. Expected 28, or a power of two ≥ 16."],
    [['--size', '8'], "'8' is invalid"],
    [['--preset', 'fast'], "'fast' is invalid. Allowed choices are quick, standard, paper."],
    [['extra'], 'too many arguments'],
    [['--resume', 'a', '--seed', '1'], "'--resume <dir>' cannot be used with option '--seed <n>'"],
  ])('refuses %j in one line', (args, message) => {
    const parse = () => parseDcganOptions(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^[^\n]*$/);
  });
});

describe('dcganHelp', () => {
  it('lists every option on a page of 100 columns', () => {
    const lines = dcganHelp().split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    const flags = lines.flatMap((line) => line.match(/^ {2}(?:-h, )?(--[a-z-]+)/)?.[1] ?? []);
    expect(flags).toEqual(
      '--preset --steps --batch --width --size --lr --seed --out --sample-every --checkpoint-every --samples --adapter --resume --explain --help'.split(
        ' ',
      ),
    );
  });
});
