/** What one can get wrong when training: each mistake is one line on stderr, exit code 2, and leaves every file as it was. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors, writeIdx } from '@ganvas/gan';
import sharp from 'sharp';
import { ADAPTER, filesIn, startGan, trainHere } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-refusals-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const RUN = path('run');
const LATEST = 'checkpoints/step-000002.safetensors';
const RING = ['mlp', '--data', 'ring', '--hidden', '4', '--latent', '2', '--batch', '8', '--adapter', ADAPTER];
const SMALL = ['--batch', '4', '--latent', '2', '--adapter', ADAPTER];
const TINY = ['--size', '16', '--width', '2', ...SMALL];

beforeAll(async () => {
  const { code } = await trainHere(
    ...RING,
    '--steps',
    '2',
    '--checkpoint-every',
    '1',
    '--judge-samples',
    '100',
    '--out',
    RUN,
  );
  expect(code).toBe(0);
  writeIdx(path('images'), [6, 20, 20], new Uint8Array(2400));
  writeIdx(path('labels'), [6], new Uint8Array([0, 1, 0, 1, 0, 1]));
  writeIdx(path('five-labels'), [5], new Uint8Array(5));
  writeFileSync(path('empty'), '');
  cpSync(path('images'), path('truncated'));
  truncateSync(path('truncated'), 1000);
  const oversized = readFileSync(path('images'));
  oversized.writeUInt32BE(2 ** 31, 4);
  writeFileSync(path('oversized'), oversized);
  mkdirSync(path('no-images'));
  writeFileSync(path('no-images/notes.txt'), 'none');
  mkdirSync(path('loose'));
  const background = { r: 9, g: 9, b: 9 };
  for (const name of ['a', 'b'])
    await sharp({ create: { width: 9, height: 9, channels: 3, background } }).toFile(path(`loose/${name}.png`));
});

/** Refused, and nothing of what lies in the folder, or is new there, is different afterwards. */
async function refuses(args: readonly string[], message: RegExp): Promise<void> {
  const before = filesIn(folder);
  const { code, stderr } = await trainHere(...args);
  expect(stderr).toMatch(/^[^\n]*\n$/);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
  const after = filesIn(folder);
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [name, bytes] of before) expect(after.get(name)!.equals(bytes)).toBe(true);
}

const OUT = ['--out', path('new')];

describe('settings', () => {
  it.each([
    [['dcgan', '--size', '30'], /size.*28 or a power of two/],
    [['mlp', '--hidden', '4', '--pack', '3'], /pack: expected a divisor of the batch of 4, got 3/],
    [['cgan', '--pack', '2'], /--pack: the model cgan does not have it/],
    [
      ['mlp', '--hidden', '4', '--loss', 'hinge', '--label-smoothing', '0.1'],
      /labelSmoothing: expected 0 with the loss hinge/,
    ],
    [['mlp', '--adapter', 'voodoo'], /voodoo/],
    [
      ['mlp', '--hidden', '4', '--minibatch', 'stddev', '--batch', '4', '--pack', '4'],
      /minibatch stddev: expected a batch of two or more/,
    ],
    [['mlp', '--data', 'ring', '--augment', 'color'], /augment: expected data that are images/],
    [['dcgan', '--data', 'ring'], /dcgan: expected images/],
    [['mlp', '--config', path('none.yaml')], /cannot read .*none\.yaml: no such file/],
    [['mlp', '--config', path('empty')], /empty: expected keys and values/],
  ])('%j', (args, message) =>
    refuses([args[0]!, '--data', path('images'), ...SMALL, ...args.slice(1), ...OUT], message),
  );
});

describe('data', () => {
  it.each([
    ['mnits', /no such data: mnits; .*did you mean mnist\?/],
    [path('nowhere'), /no such data: .*nowhere/],
    ['', /data <spec>' argument '' is invalid/],
    [path('empty'), /empty: expected an IDX file, found an empty file/],
    [path('truncated'), /truncated: expected 6×20×20 = 2400 bytes of data, as its header says, found 984/],
    [path('oversized'), /oversized: expected 2147483648×20×20 = /],
    [`${path('images')}:${path('five-labels')}`, /five-labels: expected 6 labels, found dimensions \[5\]/],
    [`${path('images')}:${path('nowhere')}`, /cannot read .*nowhere: no such file/],
    [path('no-images'), /no-images: expected a folder of at least 2 images/],
    [path('loose'), /expected at least a batch of 4 images, found 2; take a smaller --batch/],
    [`${path('images')}`, /cgan: expected data with classes, these have none/],
  ])('%j', (data, message) => refuses(['cgan', '--data', data, ...TINY, ...OUT], message));
});

describe('folders', () => {
  it('that hold a run, be it one without a checkpoint', async () => {
    await refuses(
      [...RING, '--out', RUN],
      /run holds a run already; continue it with --resume \S+run, or choose another --out/,
    );
    mkdirSync(path('begun'));
    cpSync(join(RUN, 'config.json'), path('begun/config.json'));
    await refuses([...RING, '--out', path('begun')], /begun holds a run already/);
  });

  it('that nobody can write in', async () => {
    await refuses([...RING, '--out', path('empty')], /cannot write .*empty/);
    await refuses([...RING, '--out', path('empty/run')], /cannot write .*empty.run/);
    if (existsSync('/proc/self'))
      await refuses([...RING, '--out', '/proc/ganvas-run'], /cannot write \/proc\/ganvas-run/);
  });
});

describe('runs to go on with', () => {
  const resume = (run: string, ...more: string[]) => ['--resume', path(run), '--adapter', ADAPTER, ...more];

  /** A copy of the run whose latest checkpoint is this, or is made from it. */
  function altered(name: string, change: (bytes: Buffer) => Uint8Array): void {
    cpSync(RUN, path(name), { recursive: true });
    writeFileSync(path(`${name}/${LATEST}`), change(readFileSync(path(`${name}/${LATEST}`))));
  }
  const withMetadata = (change: Record<string, string>) => (bytes: Buffer) => {
    const { tensors, metadata } = decodeSafetensors(bytes, 'the run');
    return encodeSafetensors(tensors, { ...metadata, ...change });
  };

  it('that are none', async () => {
    await refuses(resume('nowhere'), /nowhere: no such folder; expected that of a run/);
    await refuses(resume('no-images'), /no-images holds no run/);
    await refuses(resume(`run/${LATEST}`), /holds no run/);
    mkdirSync(path('odd'));
    writeFileSync(path('odd/config.json'), '{"model": "mlp"}');
    await refuses(resume('odd'), /odd.config\.json: expected the configuration of a run: /);
    writeFileSync(path('odd/config.json'), '{');
    await refuses(resume('odd'), /odd.config\.json: expected the configuration of a run as JSON/);
  });

  it('that have gone further, or are of another model', async () => {
    await refuses(resume('run', '--steps', '1'), /--steps 1: the run in .* has done 2 steps already/);
    await refuses(['dcgan', ...resume('run')], /dcgan: the run in .* is of the model mlp/);
  });

  it.each<[string, (bytes: Buffer) => Uint8Array, RegExp]>([
    [
      'truncated',
      (bytes) => bytes.subarray(0, bytes.length - 100),
      /not a sound safetensors file.*; delete it to go on from step 1$/,
    ],
    ['empty', () => new Uint8Array(), /not a sound safetensors file: 0 bytes/],
    ['foreign', () => encodeSafetensors({}), /expected a checkpoint of format ganvas-run version 2, found no format/],
    ['older', withMetadata({ format: 'ganvas-dcgan', version: '1' }), /version 2, found ganvas-dcgan version 1/],
    ['without a configuration', withMetadata({ config: '{}' }), /its metadata are not those of a run: config\.model/],
    ['with other kernels', withMetadata({ kernels: '[7]' }), /its metadata are not those of a run: kernels/],
    [
      'of another net',
      (bytes) => {
        const { tensors, metadata } = decodeSafetensors(bytes, 'the run');
        const { 'generator.fc1.weight': _, ...others } = tensors;
        return encodeSafetensors(others, metadata);
      },
      /expected generator\.fc1\.weight F32 \[\d+, \d+\], found nothing of that name/,
    ],
    [
      'of other kinds of numbers',
      (bytes) => {
        const { tensors, metadata } = decodeSafetensors(bytes, 'the run');
        const random = { dtype: 'F32' as const, shape: [4], data: new Float32Array(4) };
        return encodeSafetensors({ ...tensors, random }, metadata);
      },
      /expected random U32 \[4\], found F32 \[4\]/,
    ],
  ])('whose checkpoint is %s', async (name, change, message) => {
    altered(`run ${name}`, change);
    await refuses(resume(`run ${name}`), new RegExp(message.source, 'm'));
  });
});

it('no such command, and no model, from a terminal', async () => {
  for (const [args, message] of [
    [['trian', 'mlp'], /^trian: no such command; expected one of train, /],
    [[], /^which command\? expected one of train, /],
    [['train'], /^which model\? expected one of mlp, /],
  ] as const) {
    const { code, stdout, stderr } = await startGan(args).finished;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]*\n$/);
    expect(stderr).toMatch(message);
  }
});
