import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HELP, parseBenchOptions } from '../../../bench/options.ts';
import { checkWritable, type Report, readReport, writeReport } from '../../../bench/report.ts';
import { disagreement } from '../../../bench/run-case.ts';
import { readDocument } from '../../documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-bench-'));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const REPORT: Report = {
  device: {
    ...{ adapter: 'A', class: 'gpu', driver: 'D', backend: 'vulkan', features: ['subgroups'], toggles: [] },
    ...{ processor: 'P', threads: 2, node: 'v20', dawn: '0', date: '2026-01-01T00:00:00.000Z' },
  },
  roofline: {
    gflops: 1,
    gbps: 2,
    streams: [],
    eagerOpUs: 3,
    replayUs: 4,
    dispatchUs: 5,
    encodeUs: 2.5,
    submitUs: 6,
    readbackUs: 7,
  },
  cases: [
    {
      ...{ case: 'sum', engine: 'ganvas', rung: 'tree', ms: 1, p25: 0.9, p75: 1.1, gflops: 1, gbps: 1, roofline: 0.5 },
      ...{ clock: 'wall', wall: 1, compile: 10, samples: 7, outliers: 0 },
    },
    {
      ...{
        case: 'sum',
        engine: 'jax-js',
        rung: 'op',
        ms: 2,
        p25: 1.9,
        p75: 2.1,
        gflops: 0.5,
        gbps: 0.5,
        roofline: 0.25,
      },
      ...{ clock: 'wall', wall: 2, compile: 30, samples: 7, outliers: 1 },
    },
  ],
  untimed: [{ case: 'sum', engine: 'tfjs-webgpu', rung: 'op', reason: 'out of memory' }],
  peers: { 'jax-js': '0.1.25', 'tfjs-webgpu': '4.22.0' },
};

describe('a report', () => {
  it('comes back as it was written', () => {
    writeReport(file('report.json'), REPORT);
    expect(readReport(file('report.json'))).toEqual(REPORT);
  });

  it.each(['', '{}', '[]', 'null', '{"device": {}, "cases": [{"case": "sum"}]}', '{"device": {}, "cases": {}}'])(
    'is not what %j is',
    (text) => {
      writeFileSync(file('other.json'), text);
      expect(() => readReport(file('other.json'))).toThrow(/^cannot compare with .*other\.json: it is no report/);
    },
  );

  it('that is not there, or has no place to go, is one line', () => {
    expect(() => readReport(file('missing.json'))).toThrow(/^cannot read .*missing\.json: no such file/);
    expect(() => checkWritable(file('no/such/folder.json'))).toThrow(/^cannot write .*folder\.json: no such file/);
    expect(() => checkWritable(file('new.json'))).not.toThrow();
  });
});

describe('options', () => {
  it('have defaults', () => {
    expect(parseBenchOptions([])).toEqual({
      ...{ filter: '', quick: false, adapter: 'auto', rungs: false, unsafe: false },
      ...{ json: null, compare: null, html: null, png: null, help: false },
      ...{ peers: null, explain: false, tables: false },
    });
    expect(parseBenchOptions(['conv2d', '--quick', '--json', 'a', '--compare=b'])).toMatchObject({
      ...{ filter: 'conv2d', quick: true, json: 'a', compare: 'b' },
    });
  });

  it('measure all rungs where tables are to be written', () => {
    expect(parseBenchOptions(['--tables'])).toMatchObject({ tables: true, rungs: true });
  });

  it('take engines after --peers, which are all of them without', () => {
    const all = ['tfjs-webgpu', 'tfjs-wasm', 'jax-js'];
    expect(parseBenchOptions(['--peers'])).toMatchObject({ peers: all, filter: '' });
    expect(parseBenchOptions(['--peers', 'sum'])).toMatchObject({ peers: all, filter: 'sum' });
    expect(parseBenchOptions(['sum', '--peers', '--quick'])).toMatchObject({ peers: all, filter: 'sum', quick: true });
    const two = { peers: ['jax-js', 'tfjs-wasm'], filter: 'sum' };
    expect(parseBenchOptions(['--peers', 'jax-js,tfjs-wasm', 'sum'])).toMatchObject(two);
    expect(parseBenchOptions(['--peers=jax-js,tfjs-wasm', 'sum'])).toMatchObject(two);
    expect(parseBenchOptions(['jax-js', '--peers'])).toMatchObject({ peers: all, filter: 'jax-js' });
  });

  it.each([
    [['--fast'], "Unknown option '--fast'"],
    [['--json'], "'--json <value>' argument missing"],
    [['--peers', 'tfjs-cpu'], '--peers knows no engine "tfjs-cpu"; there is tfjs-webgpu, tfjs-wasm, jax-js'],
    [['a', 'b'], 'expected one FILTER, got "a" and "b"'],
  ])('%j is refused in one line', (args, message) => {
    expect(() => parseBenchOptions(args)).toThrow(message);
    expect(() => parseBenchOptions(args)).toThrow(/^bench: [^\n]*$/);
  });

  it('are all on the help page, which fits a terminal', () => {
    for (const flag of Object.keys(parseBenchOptions([])).filter((name) => name !== 'filter'))
      expect(HELP).toContain(`--${flag}`);
    for (const line of HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('are those that docs/benchmark.md lists', () => {
    const flags = (text: string, line: RegExp) => Array.from(text.matchAll(line), (m) => m[1]).sort();
    expect(flags(readDocument('docs/benchmark.md'), /^\| `(--[a-z]+)/gm)).toEqual(flags(HELP, /^ {2}(--[a-z]+)/gm));
  });
});

describe('disagreement', () => {
  it('forgives rounding and looks at as many elements as are expected', () => {
    expect(disagreement([1.0005, -2, 99], [1, -2])).toBeNull();
    expect(disagreement([0, 0], [0, 0])).toBeNull();
  });

  it('names the first element that is wrong', () => {
    expect(disagreement([1, -2.1], [1, -2])).toMatch(/^element 1 is -2.1, expected -2/);
    expect(disagreement([1, Number.NaN], [1, -2])).toMatch(/^element 1 is NaN/);
    expect(disagreement([1], [1, -2])).toMatch(/^element 1 is undefined/);
    expect(disagreement([Number.NaN], [Number.NaN])).toMatch(/^element 0 is NaN/);
  });
});
