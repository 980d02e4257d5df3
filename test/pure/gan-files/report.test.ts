import { type RunReport, renderReport } from '../../../packages/gan/src/files/report.ts';

const metrics = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    step: i + 1,
    epoch: 0,
    lossD: 1 / (i + 1),
    lossG: 2,
    dReal: 0.8,
    dFake: 0.1,
  }));
const REPORT: RunReport = {
  title: 'dcgan on mnist',
  config: { model: 'dcgan', hidden: [256, 512], note: null },
  environment: { adapter: 'SwiftShader' },
  metrics: metrics(100),
  judged: [
    { step: 50, 'MNIST-FD': 120 },
    { step: 100, 'MNIST-FD': 31.25 },
  ],
  samples: [
    { step: 50, png: Buffer.from('first') },
    { step: 100, png: Buffer.from('last') },
  ],
  notes: ['resumed from step 50'],
};
/** The page without the library that it carries. */
const ownPart = (page: string) => page.replace(/<script>[^<]*Licensed to the Apache[\s\S]*?<\/script>/, '');
const pageOf = (report: Partial<RunReport>) => ownPart(renderReport({ ...REPORT, ...report }));

interface PageData {
  panels: { title: string; range: number[] | null; curves: { name: string; points: (number[] | null)[] }[] }[];
  samples: { step: number; src: string }[];
}
const dataOf = (page: string): PageData => JSON.parse(/const data = (.*);\n/.exec(page)![1]!);

describe('renderReport', () => {
  const page = pageOf({});

  it('needs nothing from elsewhere', () => {
    expect(renderReport(REPORT).length - page.length).toBeGreaterThan(500_000);
    expect(page).not.toMatch(/https?:|@import|<link|src="(?!data:)/);
  });

  it('has curves, samples, configuration, environment and notes', () => {
    for (const text of [
      '<h1>dcgan on mnist</h1>',
      '<li>resumed from step 50</li>',
      '<td>[256,512]</td>',
      '<td>null</td>',
    ])
      expect(page).toContain(text);
    expect(page).toContain('<tr><td>adapter</td><td>SwiftShader</td></tr>');
    const { panels, samples } = dataOf(page);
    expect(panels.map(({ title, range }) => [title, range])).toEqual([
      ['Loss', null],
      ['Discriminator’s answer (0 fake, 1 real)', [0, 1]],
      ['MNIST-FD', null],
    ]);
    expect(panels[0]!.curves[0]!.points.slice(0, 3)).toEqual([
      [1, 1, 1, 1],
      [2, 0.5, 0.5, 0.5],
      [3, 0.33333, 0.33333, 0.33333],
    ]);
    const decoded = samples.map(({ src }) =>
      Buffer.from(src.replace('data:image/png;base64,', ''), 'base64').toString(),
    );
    expect(decoded).toEqual(['first', 'last']);
  });

  it('has an element for each curve and control that its script looks for', () => {
    const ids = Array.from(page.matchAll(/id="([^"]+)"/g), (m) => m[1]!);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.startsWith('chart-'))).toEqual(['chart-0', 'chart-1', 'chart-2']);
    for (const [, id] of page.matchAll(/byId\('([a-z-]+)'\)/g)) expect(ids).toContain(id);
  });

  it('tells in words what its pictures show', () => {
    expect(page).toContain('aria-label="MNIST-FD over the steps: MNIST-FD from 120 to 31.25"');
    expect(page).toContain('alt="Samples after step 100"');
    expect(page).toContain('<tr><td>loss D</td><td>1</td><td>0.01</td><td>0.01</td><td>1</td><td>0</td></tr>');
  });

  it('counts what was not finite, and shows the rest', () => {
    const broken = pageOf({ metrics: [...metrics(2), { step: 3, lossD: Number.NaN }, { step: 4, lossD: Number.NaN }] });
    expect(broken).toContain('<tr><td>loss D</td><td>1</td><td>0.5</td><td>0.5</td><td>1</td><td>2</td></tr>');
    const points = dataOf(broken).panels[0]!.curves[0]!.points;
    expect(points).toEqual([[1, 1, 1, 1], [2, 0.5, 0.5, 0.5], null, null]);
  });

  it('stays small for a long run, and keeps its ends and its spikes', () => {
    const long = metrics(30_000);
    long[12_345]!.lossG = 777;
    const big = pageOf({ metrics: long });
    expect(big.length).toBeLessThan(150_000);
    const [, lossG] = dataOf(big).panels[0]!.curves;
    expect(Math.max(...lossG!.points.map((point) => point![3]!))).toBe(777);
    expect(lossG!.points.at(-1)![0]).toBe(30_000);
  });

  it.each(['</script><script>alert(1)</script>', '<!--', '<b>"&\'', '-->'])(
    'shows %s as text, wherever it stands',
    (evil) => {
      const plain = pageOf({});
      const nasty = pageOf({
        title: evil,
        config: { [evil]: evil, list: [evil] },
        environment: { [evil]: evil },
        metrics: metrics(3).map((row) => ({ ...row, [evil]: 1 })),
        judged: [{ step: 1, [evil]: 1 }],
        notes: [evil],
      });
      for (const tag of ['<script', '</script', '<b', '<!--'])
        expect(nasty.split(tag).length).toBe(plain.split(tag).length);
      expect(dataOf(nasty).panels.map(({ title }) => title)).toContain(evil);
      const attributes = Array.from(nasty.matchAll(/aria-label="([^"]*)"/g), (m) => m[1]!);
      expect(attributes).toHaveLength(4);
    },
  );

  it.each<[string, Partial<RunReport>]>([
    ['no samples', { samples: [] }],
    ['no figures of a judge', { judged: [] }],
    ['nothing at all', { metrics: [], judged: [], samples: [], notes: [], config: {}, environment: {} }],
  ])('copes with %s', (_, parts) => {
    const poor = pageOf(parts);
    expect(dataOf(poor).samples).toHaveLength(parts.samples ? 0 : 2);
    expect(poor.includes('id="sample"')).toBe(!parts.samples);
    expect(poor.includes('id="smoothing"')).toBe(!parts.metrics);
    expect(poor).not.toContain('undefined');
  });
});
