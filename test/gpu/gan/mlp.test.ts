/** The fully connected nets, and the points that they are trained on, drawn on the device. */
import { nn } from '@ganvas/autograd';
import { grid, mlpDiscriminator, mlpGenerator, pointSource, ring, samplePoints } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, randomGenerator, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

const device = useDevice();
const rng = () => new Rng(1);
const shapes = (parameters: Readonly<Record<string, Tensor>>) =>
  Object.entries(parameters).map(([name, t]) => [name, [...t.shape]]);

describe('the nets', () => {
  it('make and judge points by default', async () => {
    const [G, D] = [mlpGenerator({ rng: rng() }), mlpDiscriminator({ rng: rng() })];
    const expected = (out: number) => [
      ['fc1.weight', [2, 32]],
      ['fc1.bias', [32]],
      ['fc2.weight', [32, 32]],
      ['fc2.bias', [32]],
      ['fc3.weight', [32, out]],
      ['fc3.bias', [out]],
    ];
    expect(shapes(G.parameters)).toEqual(expected(2));
    expect(shapes(D.parameters)).toEqual(expected(1));
    const points = G.forward(tensor(rng().normals(10), [5, 2]));
    expect(points.shape).toEqual([5, 2]);
    const logits = D.forward(points);
    expect(logits.shape).toEqual([5, 1]);
    expect((await logits.data()).every(Number.isFinite)).toBe(true);
  });

  it('make images in (−1, 1), and judge them', async () => {
    const G = mlpGenerator({ latent: 10, hidden: [16, 24], out: 64, output: nn.tanh, rng: rng() });
    const images = G.forward(tensor(rng().normals(30, 0, 10), [3, 10]));
    expect((await images.data()).every((v) => Math.abs(v) <= 1)).toBe(true);
    const D = mlpDiscriminator({ inputs: 64, hidden: [24, 16], rng: rng() });
    expect(D.forward(nn.unflatten([8, 8, 1]).forward(images)).shape).toEqual([3, 1]);
  });

  it('are the layers they say, with the activations they are given', async () => {
    const x = [0.5, -2];
    const expected = async (net: { parameters: Readonly<Record<string, Tensor>> }, slope: number) => {
      const [w1, b1, w2, b2] = await Promise.all(Object.values(net.parameters).map((t) => t.data()));
      const hidden = Array.from(b1!, (b, j) => b + x[0]! * w1![j]! + x[1]! * w1![3 + j]!);
      return hidden.reduce((y, h, j) => y + (h > 0 ? h : slope * h) * w2![j]!, b2![0]!);
    };
    const input = tensor([x]);
    const G = mlpGenerator({ hidden: [3], out: 1, rng: rng() });
    expect(await G.forward(input).item()).toBeCloseTo(await expected(G, 0), 5);
    const D = mlpDiscriminator({ hidden: [3], rng: rng() });
    expect(await D.forward(input).item()).toBeCloseTo(await expected(D, 0.2), 5);
    const other = mlpDiscriminator({ hidden: [3], activation: nn.leakyRelu(0.5), rng: rng() });
    expect(await other.forward(input).item()).toBeCloseTo(await expected(other, 0.5), 5);
  });
});

describe('pointSource', () => {
  it.each([
    ['ring', ring()],
    ['grid', grid()],
  ])('draws the points of %s that the host draws from the same state, call after call', async (_, mixture) => {
    const host = rng();
    const generator = randomGenerator(host.key);
    const source = pointSource(mixture);
    const draw = capture(() => source.draw(generator, 63));
    for (let call = 0; call < 3; call++) {
      const points = draw();
      expect(points.shape).toEqual([63, 2]);
      const expected = samplePoints(mixture, host, 63);
      const worst = Math.max(...Array.from(await points.data(), (v, i) => Math.abs(v - expected[i]!)));
      expect(worst).toBeLessThan(1e-5);
    }
  });

  it('takes three dispatches for the points, and two for the counter', () => {
    const source = pointSource(ring());
    const generator = randomGenerator(1);
    const draw = capture(() => source.draw(generator, 64));
    draw();
    expect(draw.plan!.dispatches.length).toBeLessThanOrEqual(5);
  });

  it('frees what it holds', () => {
    const before = device().pool.inUse;
    pointSource(ring()).dispose();
    expect(device().pool.inUse).toBe(before);
  });
});
