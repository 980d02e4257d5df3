/** DCGAN's architecture: shapes at every size, PyTorch's parameter counts, and initial values as the paper has them. */
import { discriminator, generator, LATENT } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { resizeBilinear, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

const count = (tensors: Readonly<Record<string, Tensor>>) => Object.values(tensors).reduce((sum, t) => sum + t.size, 0);

describe('DCGAN', () => {
  useDevice();
  const rng = () => new Rng(1);

  it.each([16, 28, 32, 64])('makes and judges %d×%d images', async (size) => {
    const G = generator({ size, width: 2, channels: 3, rng: rng() });
    const D = discriminator({ size, width: 2, channels: 3, rng: rng() });
    const images = G.forward(tensor(rng().normals(2 * LATENT), [2, LATENT]));
    expect(images.shape).toEqual([2, size, size, 3]);
    const values = await images.data();
    expect(values.every((v) => Math.abs(v) <= 1)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(values.length / 2);
    expect(D.forward(images).shape).toEqual([2, 1]);
    expect((await D.forward(images).data()).every(Number.isFinite)).toBe(true);
  });

  it("has the parameters of PyTorch's example at 64×64, and the biases of the image's layers beside", () => {
    // github.com/pytorch/examples, dcgan: ngf = ndf = 64, nc = 3, nz = 100, no biases.
    const options = { size: 64, width: 64, channels: 3, rng: rng() };
    expect(count(generator(options).parameters)).toBe(3_576_704 + 3);
    expect(count(discriminator(options).parameters)).toBe(2_765_568 + 64 + 1);
  });

  it('starts with N(0, 0.02) weights, N(1, 0.02) batch-norm scales and zero biases', async () => {
    const { parameters } = discriminator({ size: 28, width: 32, rng: rng() });
    const spread = async (name: string) => {
      const values = [...(await parameters[name]!.data())];
      const mean = values.reduce((a, b) => a + b) / values.length;
      return { mean, std: Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / values.length) };
    };
    const weight = await spread('conv2.weight');
    expect(weight.mean).toBeCloseTo(0, 3);
    expect(weight.std).toBeCloseTo(0.02, 3);
    const scale = await spread('bn2.weight');
    expect(scale.mean).toBeCloseTo(1, 1);
    expect(scale.std).toBeGreaterThan(0.01);
    expect(scale.std).toBeLessThan(0.03);
    expect(await spread('bn2.bias')).toEqual({ mean: 0, std: 0 });
  });

  it('sees images of another size resized, as PyTorch interpolates', async () => {
    const x = tensor(
      [
        [0, 3],
        [6, 12],
      ],
      [1, 2, 2, 1],
    );
    // torch.nn.functional.interpolate(x, size=(4, 4), mode='bilinear', align_corners=False)
    const expected = [0, 0.75, 2.25, 3, 1.5, 2.4375, 4.3125, 5.25, 4.5, 5.8125, 8.4375, 9.75, 6, 7.5, 10.5, 12];
    expect([...(await resizeBilinear(x, 4).data())]).toEqual(expected);
    expect(resizeBilinear(x, 2)).toBe(x);
  });

  it('refuses other sizes', () => {
    for (const size of [8, 30, 48])
      expect(() => generator({ size, width: 2, rng: rng() })).toThrow(/28 or a power of two/);
  });
});
