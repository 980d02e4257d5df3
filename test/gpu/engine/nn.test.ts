/** What no PyTorch fixture can hold of the layers: draws, singular values, learning rates, and what they refuse. */
import { grad, type Module, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import { add, capture, mul, ones, square, sub, sum, type Tensor, tanh, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();
const rng = new Rng(5);
const values = async (t: Tensor) => Array.from(await t.data());

describe('dropout', () => {
  const COUNT = 4000;

  it('keeps a share of 1 − p, multiplied so that the mean stays', async () => {
    const p = 0.3;
    const y = await values(nn.dropout(p, { rng }).forward(ones([COUNT])));
    const kept = y.filter((v) => v !== 0);
    for (const v of kept) expect(v).toBeCloseTo(1 / (1 - p), 5);
    expect(Math.abs(kept.length / COUNT - (1 - p))).toBeLessThan(0.03); // four standard errors
  });

  it('draws anew at each call, captured too, and again the same from the same state', async () => {
    const layer = nn.dropout(0.5, { rng });
    const step = capture((x: Tensor) => layer.forward(x));
    const x = ones([64]);
    const start = (await layer.buffers.generator!.data()) as Uint32Array;
    const first = await values(layer.forward(x));
    const second = await values(step(x));
    const third = await values(step(x));
    expect(second).not.toEqual(first);
    expect(third).not.toEqual(second);
    layer.buffers.generator!.write(start);
    expect([await values(step(x)), await values(step(x)), await values(step(x))]).toEqual([first, second, third]);
  });

  it('two layers from one source draw different numbers', async () => {
    const [a, b] = [nn.dropout(0.5, { rng }), nn.dropout(0.5, { rng })];
    expect(await values(a.forward(ones([64])))).not.toEqual(await values(b.forward(ones([64]))));
  });

  it('is nothing in eval mode and at p = 0, and everything at p = 1', async () => {
    const x = tensor([1, 2, 3]);
    expect(nn.dropout(0.5, { rng }).forward(x, 'eval')).toBe(x);
    expect(nn.dropout(0, { rng }).forward(x)).toBe(x);
    expect(await values(nn.dropout(1, { rng }).forward(x))).toEqual([0, 0, 0]);
    expect(() => nn.dropout(1.5, { rng })).toThrow('nn.dropout: expected a probability in [0, 1], got 1.5');
  });

  it('lets the gradient through where the value went', async () => {
    const x = ones([64]);
    const y = nn.dropout(0.25, { rng }).forward(x);
    expect(await values(grad(sum(mul(y, 3)), [x])[0])).toEqual((await values(mul(y, 3))).map((v) => Math.fround(v)));
  });
});

/** The largest singular value of a matrix by rows: one-sided Jacobi in double precision (Hestenes 1958). */
function largestSingularValue(matrix: readonly number[][]): number {
  const vectors = matrix.map((row) => [...row]);
  const dot = (a: number[], b: number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
  for (let sweep = 0; sweep < 30; sweep++)
    for (let i = 1; i < vectors.length; i++)
      for (let j = 0; j < i; j++) {
        const [a, b] = [vectors[i]!, vectors[j]!];
        const product = dot(a, b);
        if (Math.abs(product) < 1e-15) continue;
        const zeta = (dot(b, b) - dot(a, a)) / (2 * product);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const [c, s] = [1 / Math.hypot(1, t), t / Math.hypot(1, t)];
        for (let k = 0; k < a.length; k++) [a[k], b[k]] = [c * a[k]! - s * b[k]!, s * a[k]! + c * b[k]!];
      }
  return Math.max(...vectors.map((v) => Math.sqrt(dot(v, v))));
}

describe('spectral norm', () => {
  it('the Jacobi of this file knows the singular values of a rotated diagonal', () => {
    const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
    const rotated = [
      [3 * c, -0.5 * s],
      [3 * s, 0.5 * c],
    ];
    expect(largestSingularValue(rotated)).toBeCloseTo(3, 12);
  });

  const parametrization = nn.spectralNorm();
  const strided = { kernel: 4, stride: 2, padding: 1, rng, parametrization };
  const rows = (flat: number[], outputs: number, at: (output: number, other: number) => number) =>
    Array.from({ length: outputs }, (_, o) => Array.from({ length: flat.length / outputs }, (_, i) => flat[at(o, i)]!));
  it.each<[string, () => Module, (flat: number[]) => number[][], number[]]>([
    ['linear', () => nn.linear(24, 16, { rng, parametrization }), (w) => rows(w, 16, (o, i) => i * 16 + o), [2, 24]],
    ['conv2d', () => nn.conv2d(3, 8, strided), (w) => rows(w, 8, (o, i) => i * 8 + o), [1, 4, 4, 3]],
    [
      'convTranspose2d', // [4, 4, outputs, inputs]
      () => nn.convTranspose2d(6, 4, strided),
      (w) => rows(w, 4, (o, i) => Math.floor(i / 6) * 24 + o * 6 + (i % 6)),
      [1, 2, 2, 6],
    ],
  ])('%s: σ within 1 % of the largest singular value after 10 iterations', async (_, make, matrixOf, shape) => {
    const layer = make();
    const weight = layer.parameters.weight_orig!;
    const expected = largestSingularValue(matrixOf(await values(weight)));
    const x = ones(shape);
    const sigma = async () => {
      const { weight_u: u, weight_v: v } = layer.buffers;
      const matrix = matrixOf(await values(weight));
      const [left, right] = [await values(u!), await values(v!)];
      return matrix.reduce((total, row, o) => total + left[o]! * row.reduce((sum, w, i) => sum + w * right[i]!, 0), 0);
    };
    for (let i = 0; i < 10; i++) layer.forward(x, 'train');
    expect(Math.abs((await sigma()) / expected - 1)).toBeLessThan(0.01);
  });

  it('eval changes nothing, and the layer has norm 1 after enough calls', async () => {
    const layer = nn.linear(5, 3, { rng, bias: false, parametrization: nn.spectralNorm({ iterations: 50 }) });
    layer.forward(ones([1, 5]), 'train');
    const u = await values(layer.buffers.weight_u!);
    const identity = tensor(Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => Number(i === j))));
    const weight = await values(layer.forward(identity, 'eval'));
    const matrix = rows(weight, 3, (o, i) => i * 3 + o);
    expect(largestSingularValue(matrix)).toBeCloseTo(1, 4);
    expect(await values(layer.buffers.weight_u!)).toEqual(u);
  });

  it('follows the weight inside a captured step', async () => {
    const layer = nn.linear(6, 4, { rng, parametrization: nn.spectralNorm() });
    const step = capture((x: Tensor) => {
      const loss = sum(square(layer.forward(x, 'train')));
      return grad(loss, [layer.parameters.weight_orig!])[0];
    });
    const before = await values(layer.buffers.weight_u!);
    const first = await values(step(ones([2, 6])));
    const between = await values(layer.buffers.weight_u!);
    const second = await values(step(ones([2, 6])));
    expect(between).not.toEqual(before);
    expect(second).not.toEqual(first);
    expect(second.every(Number.isFinite)).toBe(true);
  });

  it('takes the gradient through several calls, and of a penalty, eager and captured alike', async () => {
    const layer = nn.linear(6, 4, { rng, parametrization: nn.spectralNorm() });
    const { weight_orig: weight } = layer.parameters as Record<string, Tensor>;
    const states = Object.values(layer.buffers);
    const start = await Promise.all(states.map((t) => t.data()));
    const [real, fake] = [tensor(rng.normals(18), [3, 6]), tensor(rng.normals(18), [3, 6])];
    const step = (real: Tensor, fake: Tensor) => {
      const scores = sub(sum(tanh(layer.forward(real))), sum(tanh(layer.forward(fake))));
      const [slope] = grad(scores, [real]);
      return grad(add(scores, sum(square(slope))), [weight!])[0];
    };
    const eager = await values(step(real, fake));
    states.forEach((t, i) => {
      t.write(start[i]!);
    });
    const captured = await values(capture(step)(real, fake));
    expect(Math.max(...eager.map(Math.abs))).toBeGreaterThan(0.1);
    captured.forEach((g, i) => {
      expect(g).toBeCloseTo(eager[i]!, 4);
    });
  });
});

describe('weight scaling', () => {
  it('trains N(0, 1) and works with √2/√fanIn times it', async () => {
    const layer = nn.conv2d(8, 16, { kernel: 3, rng, bias: false, parametrization: nn.weightScaling() });
    const weight = layer.parameters.weight!;
    const w = await values(weight);
    const std = Math.sqrt(w.reduce((total, v) => total + v * v, 0) / w.length);
    expect(Math.abs(std - 1)).toBeLessThan(0.06);
    const y = await values(layer.forward(ones([1, 3, 3, 8])));
    const scale = Math.SQRT2 / Math.sqrt(72);
    y.forEach((value, o) => {
      let plain = 0;
      for (let i = 0; i < 72; i++) plain += w[i * 16 + o]!;
      expect(value).toBeCloseTo(scale * plain, 4);
    });
    const [dw] = grad(sum(layer.forward(ones([1, 3, 3, 8]))), [weight]);
    for (const g of await values(dw)) expect(g).toBeCloseTo(scale, 5);
  });

  it('leaves initial values to whoever names some', async () => {
    const layer = nn.linear(2, 2, { rng, weightInit: nn.constant(3), parametrization: nn.weightScaling(1) });
    expect(await values(layer.parameters.weight!)).toEqual([3, 3, 3, 3]);
  });
});

describe('refusals', () => {
  it('batch norm of one value a channel', () => {
    const layer = nn.batchNorm1d(3, { rng });
    expect(() => layer.forward(ones([1, 3]))).toThrow('expected more than one value a channel in training mode');
    expect(layer.forward(ones([1, 3]), 'eval').shape).toEqual([1, 3]);
  });

  it('normalizations of other shapes than their own', () => {
    expect(() => nn.groupNorm(4, 6)).toThrow('nn.groupNorm: 4 groups do not divide 6 channels');
    expect(() => nn.groupNorm(2, 6).forward(ones([1, 2, 2, 4]))).toThrow('expected x [batch, ..., 6]');
    expect(() => nn.layerNorm([3, 4]).forward(ones([2, 4, 3]))).toThrow('expected x to end in [3,4], got x [2,4,3]');
  });
});
