/** Initial values: gains and fans of PyTorch, the spread that follows from them, and orthonormal matrices. */
import { nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import { setDefaultDevice } from '@ganvas/tensor';
import { readFixture } from '../fixtures/read-fixture.ts';
import { fakeDevice } from './compile/fake-device.ts';

const { gains, fans } = readFixture('nn').about as {
  gains: Record<string, number>;
  fans: Record<'linear' | 'conv2d' | 'convTranspose2d', [fanIn: number, fanOut: number]>;
};

const spread = (values: Float32Array) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const std = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  return { mean, std, most: values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
};

it("has PyTorch's gains", () => {
  expect(Object.keys(gains).length).toBe(7);
  for (const [name, expected] of Object.entries(gains)) {
    const [nonlinearity, slope] = name.split(' ') as [nn.Nonlinearity, string?];
    expect(nn.gain(nonlinearity, slope === undefined ? undefined : Number(slope))).toBeCloseTo(expected, 12);
  }
});

it("tells initialisers PyTorch's fans", () => {
  setDefaultDevice(fakeDevice());
  const told = (make: (weightInit: nn.Initializer) => unknown) => {
    const seen: number[][] = [];
    make((_, size, fanIn, fanOut) => {
      seen.push([fanIn, fanOut]);
      return new Float32Array(size);
    });
    return seen;
  };
  const rng = new Rng(1);
  expect(told((weightInit) => nn.linear(12, 7, { rng, weightInit }))).toEqual([fans.linear]);
  expect(told((weightInit) => nn.conv2d(12, 8, { kernel: [3, 2], groups: 4, rng, weightInit }))).toEqual([fans.conv2d]);
  expect(told((weightInit) => nn.convTranspose2d(12, 8, { kernel: 3, groups: 4, rng, weightInit }))).toEqual([
    fans.convTranspose2d,
  ]);
});

describe('spread', () => {
  const [fanIn, fanOut] = [200, 100];
  const draw = (init: nn.Initializer) => spread(init(new Rng(7), fanIn * fanOut, fanIn, fanOut));
  const xavier = Math.sqrt(2 / 300);
  it.each([
    ['uniform', nn.uniform(-1, 3), 4 / Math.sqrt(12), 1],
    ['normal', nn.normal(2, 0.5), 0.5, 2],
    ['xavierNormal', nn.xavierNormal(), xavier, 0],
    ['xavierUniform', nn.xavierUniform(5 / 3), (5 / 3) * xavier, 0],
    ['kaimingNormal', nn.kaimingNormal(), Math.sqrt(2 / 200), 0],
    ['kaimingNormal fanOut', nn.kaimingNormal({ mode: 'fanOut', nonlinearity: 'linear' }), 0.1, 0],
    ['kaimingUniform', nn.kaimingUniform({ slope: Math.sqrt(5) }), Math.sqrt(1 / 3 / 200), 0],
    ['uniformFanIn', nn.uniformFanIn, 1 / Math.sqrt(3 * 200), 0],
  ] as const)('%s', (_, init, std, mean) => {
    const got = draw(init);
    expect(Math.abs(got.mean - mean)).toBeLessThan(0.03 * std); // four standard errors
    expect(Math.abs(got.std / std - 1)).toBeLessThan(0.02);
  });

  it('uniform ones end at √3 standard deviations, normal ones do not', () => {
    const bound = Math.sqrt(3) * xavier;
    const { most } = draw(nn.xavierUniform());
    expect(most).toBeLessThanOrEqual(Math.fround(bound));
    expect(most).toBeGreaterThan(0.99 * bound);
    expect(draw(nn.xavierNormal()).most).toBeGreaterThan(bound);
  });
});

describe('orthogonal', () => {
  /** The largest |QᵀQ − gain² · I|, over columns or, where there are fewer, rows. */
  const deviation = (values: Float32Array, rows: number, gain: number) => {
    const columns = values.length / rows;
    const count = Math.min(rows, columns);
    const at = (i: number, k: number) => (columns <= rows ? values[k * columns + i]! : values[i * columns + k]!);
    let worst = 0;
    for (let i = 0; i < count; i++)
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < Math.max(rows, columns); k++) dot += at(i, k) * at(j, k);
        worst = Math.max(worst, Math.abs(dot - (i === j ? gain ** 2 : 0)));
      }
    return worst;
  };

  it.each([
    [48, 48, 1],
    [90, 20, Math.SQRT2],
    [5, 64, 1],
    [1, 1, 3],
  ])('%i × %i, gain %f: QᵀQ = gain² · I', (rows, columns, gain) => {
    const values = nn.orthogonal(gain)(new Rng(3), rows * columns, rows, columns);
    expect(deviation(values, rows, gain)).toBeLessThan(1e-6 * gain ** 2);
    const one = values.slice();
    one[0]! += 0.01;
    expect(deviation(one, rows, gain)).toBeGreaterThan(1e-3); // what the bound would see
  });

  it('has no preferred sign or direction', () => {
    const rng = new Rng(11);
    const firsts = Float32Array.from({ length: 4000 }, () => nn.orthogonal()(rng, 9, 3, 3)[0]!);
    const { mean, std } = spread(firsts);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(std - Math.sqrt(1 / 3))).toBeLessThan(0.02); // a row of unit length has three such
  });
});
