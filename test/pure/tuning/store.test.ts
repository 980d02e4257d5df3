/** What is measured is found again on the same adapter, and nothing else is taken for it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, readMeasurements, type TuningStore, userTuningStore, writeMeasurements } from '@ganvas/tensor';
import { cacheFolders } from '../../../packages/tensor/src/platform/cache.ts';
import { userTuningStore as pageStore } from '../../../packages/tensor/src/platform/tuning-page.ts';

const target = { adapter: { name: 'Voodoo 2', driver: '3.01' }, robustness: true };
const measurements = { 'sum [8]': { rung: '1-vec4', ms: 0.5, against: { '0-serial': 2 } } };

const folder = mkdtempSync(join(tmpdir(), 'ganvas-tuning-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A store with one text, whatever it is asked for. */
const holding = (text: string): TuningStore => ({ read: () => text, write: () => {} });
/** What `writeMeasurements` stores, changed. */
function stored(change: object): TuningStore {
  const written: string[] = [];
  writeMeasurements({ read: () => null, write: (_, text) => void written.push(text) }, target, measurements);
  return holding(JSON.stringify({ ...JSON.parse(written[0]!), ...change }));
}

it('nothing stored is nothing to remark on', () => {
  expect(readMeasurements(memoryStore(), target)).toEqual({ measurements: {}, remark: null });
});

it.each([
  ['memory', memoryStore()],
  ['files', userTuningStore([join(folder, 'cache', 'new')])],
])('in %s measurements are found again, by adapter, driver and toggles', (_, store) => {
  writeMeasurements(store, target, measurements);
  expect(readMeasurements(store, target)).toEqual({ measurements, remark: null });
  for (const other of [
    { ...target, robustness: false },
    { ...target, adapter: { ...target.adapter, driver: '3.02' } },
    { ...target, adapter: { ...target.adapter, name: 'Voodoo 3' } },
  ])
    expect(readMeasurements(store, other)).toEqual({ measurements: {}, remark: null });
});

it.each([
  ['no JSON', holding('{"version": 1,'), /damaged/],
  ['JSON of something else', holding('[1]'), /damaged/],
  ['entries that are none', stored({ entries: { 'sum [8]': { rung: 7 } } }), /damaged/],
  ['another version', stored({ version: 0 }), /has version 0, this is version \d/],
  [
    'another adapter under the same name',
    stored({ adapter: 'Voodoo-2' }),
    /is of adapter "Voodoo-2", this is "Voodoo 2"/,
  ],
])('%s is ignored, with one line', (_, store, remark) => {
  const read = readMeasurements(store, target);
  expect(read).toEqual({ measurements: {}, remark: expect.stringMatching(remark) });
  expect(read.remark).toMatch(/^tuning is ignored: .* \(npm run tune\)$/);
  expect(readMeasurements(stored({}), target)).toEqual({ measurements, remark: null });
});

it('a store that cannot be read is ignored, with its reason', () => {
  const at = join(folder, 'is-a-folder');
  const store = userTuningStore([at]);
  writeMeasurements(store, target, measurements);
  const [file] = readdirSync(at) as [string];
  rmSync(join(at, file));
  mkdirSync(join(at, file));
  expect(readMeasurements(store, target)).toEqual({ measurements: {}, remark: expect.stringContaining('EISDIR') });
});

describe('files', () => {
  const blocked = join(folder, 'a-file');
  writeFileSync(blocked, '');

  it('go to the first folder that takes them, whole, and nothing else is left there', () => {
    const open = join(folder, 'open');
    const store = userTuningStore([join(blocked, 'cache'), open]);
    store.write('name', 'first');
    store.write('name', 'second');
    expect(store.read('name')).toBe('second');
    expect(readdirSync(open)).toEqual(['name.json']);
    expect(readFileSync(join(open, 'name.json'), 'utf8')).toBe('second');
  });

  it('where no folder takes them, say so, and read as nothing', () => {
    const store = userTuningStore([join(blocked, 'cache')]);
    expect(() => writeMeasurements(store, target, measurements)).toThrow(/ENOTDIR|EEXIST/);
    expect(readMeasurements(store, target)).toEqual({ measurements: {}, remark: null });
  });

  it('lie where the other cached files do', () => {
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = '/my/cache';
    expect(cacheFolders()[0]).toBe(join('/my/cache', 'ganvas'));
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
});

describe('a page', () => {
  const withStorage = <T>(property: PropertyDescriptor, use: () => T): T => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, ...property });
    try {
      return use();
    } finally {
      if (before) Object.defineProperty(globalThis, 'localStorage', before);
      else Reflect.deleteProperty(globalThis, 'localStorage');
    }
  };

  it('keeps them in its localStorage', () => {
    const texts = new Map<string, string>();
    const localStorage = {
      getItem: (key: string) => texts.get(key) ?? null,
      setItem: (key: string, value: string) => texts.set(key, value),
    };
    withStorage({ value: localStorage }, () => {
      writeMeasurements(pageStore(), target, measurements);
      expect(readMeasurements(pageStore(), target)).toEqual({ measurements, remark: null });
    });
    expect([...texts.keys()]).toEqual([expect.stringMatching(/^ganvas\/tuning-voodoo-2-/)]);
  });

  it('that is allowed none keeps them in memory', () => {
    const denied = () => {
      throw new Error('denied');
    };
    withStorage({ get: denied }, () => {
      writeMeasurements(pageStore(), target, measurements);
      expect(readMeasurements(pageStore(), target)).toEqual({ measurements, remark: null });
    });
  });
});
