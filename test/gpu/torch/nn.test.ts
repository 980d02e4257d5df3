/** Layers of nn, running statistics, spectral norms, penalties of GANs, jvp and Hessians against PyTorch's (`nn.safetensors`). */
import { grad, hessian, hvp, jacobian, jvp, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  batchNorm,
  conv2d,
  convTranspose2d,
  leakyRelu,
  matmul,
  mean,
  mul,
  reshape,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectClose } from '../rig.ts';
import { expectLikeTorch, openFixture } from './compare.ts';

interface Case {
  name: string;
  op: string;
  attrs: { shape: number[]; groups: number };
  inputs: string[];
  gradients: string[];
}

useDevice();
const fixture = openFixture('nn');
const cases = fixture.about.cases as Case[];
const load = (key: string): Tensor => {
  const { data, shape } = fixture.tensors[key]!;
  return tensor(data, shape);
};
const rng = new Rng(0);

/** The layer of a case, for an x and what it learns. */
const LAYERS: Record<string, (x: Tensor, attrs: Case['attrs'], learned: Tensor[]) => nn.Module> = {
  batchNorm1d: (x) => nn.batchNorm1d(x.shape.at(-1)!, { rng }),
  layerNorm: (_, { shape }) => nn.layerNorm(shape),
  groupNorm: (x, { groups }) => nn.groupNorm(groups, x.shape.at(-1)!),
  instanceNorm2d: (x, _, { length }) => nn.instanceNorm2d(x.shape.at(-1)!, length > 0 ? { affine: true } : {}),
  pixelNorm: () => nn.pixelNorm(),
  embedding: (_, __, [table]) => nn.embedding(table!.shape[0]!, table!.shape[1]!, { rng }),
};

describe.each(cases.filter((c) => c.op in LAYERS))('$name', ({ name, op, attrs, inputs, gradients: wanted }) => {
  it('has the output and the gradients of torch.nn', async () => {
    const learned = inputs.filter((key) => key !== 'x').map((key) => load(`${name}.${key}`));
    const raw = load(`${name}.x`);
    const x = op === 'embedding' ? tensor(Uint32Array.from(fixture.tensors[`${name}.x`]!.data), raw.shape) : raw;
    const layer = LAYERS[op]!(x, attrs, learned);
    const parameters = Object.values(layer.parameters);
    expect(parameters.map((p) => p.shape.join())).toEqual(learned.map((t) => t.shape.join()));
    parameters.forEach((p, i) => {
      assign(p, learned[i]!);
    });
    const y = layer.forward(x);
    await expectLikeTorch(fixture, `${name}.y`, y, 'forward');
    const wrt = [...(op === 'embedding' ? [] : [x]), ...parameters];
    expect(wrt.length).toBe(wanted.length);
    const gradients = grad(sum(mul(y, load(`${name}.dy`))), wrt);
    for (const [i, key] of wanted.entries())
      await expectLikeTorch(fixture, `${name}.${key}`, gradients[i]!, 'gradient');
  });
});

it('batch norm: running statistics over 20 updates, and evaluation with them', async () => {
  const layer = nn.batchNorm2d(3, { rng });
  const { data, shape } = fixture.tensors['running.x']!;
  const [updates, ...item] = shape as [number, ...number[]];
  const size = data.length / updates;
  expect(updates).toBe(20);
  const tolerance = { abs: 1e-6, rel: 1e-4 };
  let x: Tensor;
  let y: Tensor;
  for (let i = 0; i < updates; i++) {
    x = tensor((data as Float32Array).slice(i * size, (i + 1) * size), item);
    y = layer.forward(x, 'train');
    for (const [key, running] of [
      ['means', layer.buffers.running_mean!],
      ['variances', layer.buffers.running_var!],
    ] as const) {
      const expected = fixture.tensors[`running.${key}`]!.data.slice(3 * i, 3 * (i + 1));
      expectClose(await running.data(), expected, tolerance, `${key} after ${i + 1}`);
    }
  }
  await expectLikeTorch(fixture, 'running.y', y!, 'forward');
  await expectLikeTorch(fixture, 'running.evaluated', layer.forward(x!, 'eval'), 'forward');
});

describe('spectral norm', () => {
  const options = { rng, parametrization: nn.spectralNorm() };
  const strided = { ...options, kernel: 4, stride: 2, padding: 1 };
  const normalized = {
    linear: () => nn.linear(6, 5, options),
    conv2d: () => nn.conv2d(3, 4, strided),
    convTranspose2d: () => nn.convTranspose2d(4, 3, strided),
  };

  it.each(Object.entries(normalized))('%s: three calls, gradients, evaluation', async (op, make) => {
    const name = `spectral_${op}`;
    const layer = make();
    const { weight_orig: weight, bias } = layer.parameters as Record<string, Tensor>;
    assign(weight!, load(`${name}.w`));
    assign(bias!, load(`${name}.b`));
    assign(layer.buffers.weight_u!, load(`${name}.u`));
    const x = load(`${name}.x`);
    const y = [1, 2, 3].map(() => layer.forward(x, 'train')).at(-1)!;
    await expectLikeTorch(fixture, `${name}.y`, y, 'forward');
    await expectLikeTorch(fixture, `${name}.u_after`, layer.buffers.weight_u!, 'forward');
    const gradients = grad(sum(mul(y, load(`${name}.dy`))), [x, weight!, bias!]);
    for (const [i, key] of ['dx', 'dw', 'db'].entries())
      await expectLikeTorch(fixture, `${name}.${key}`, gradients[i]!, 'gradient');
    await expectLikeTorch(fixture, `${name}.evaluated`, layer.forward(x, 'eval'), 'forward');
  });
});

describe('penalties, second order', () => {
  const lengths = (g: Tensor) => sqrt(sum(square(reshape(g, [g.shape[0]!, -1])), 1));
  const down = (x: Tensor, w: Tensor) => conv2d(x, w, { stride: 2, padding: 1 });
  const dense = (h: Tensor, v: Tensor) => matmul(reshape(h, [h.shape[0]!, -1]), v);
  const PENALTIES: Record<string, (...inputs: Tensor[]) => Tensor> = {
    wgan_gp: (x, w, b, v, e) => {
      const score = add(dense(leakyRelu(add(down(x!, w!), b!), 0.2), v!), e!);
      return mean(square(sub(lengths(grad(sum(score), [x!])[0]), 1)));
    },
    r1: (x, w, gamma, beta, v) => {
      const score = dense(tanh(batchNorm(down(x!, w!), gamma!, beta!).y), v!);
      return mul(mean(square(lengths(grad(sum(score), [x!])[0]))), 0.5);
    },
    path_length: (x, w, noise) => {
      const y = tanh(convTranspose2d(x!, w!, { stride: 2, padding: 1 }));
      return mean(square(sub(lengths(grad(sum(mul(y, noise!)), [x!])[0]), 0.7)));
    },
  };

  it.each(Object.entries(PENALTIES))('%s', async (name, penalty) => {
    const { inputs: keys, gradients: wanted } = cases.find((c) => c.name === name)!;
    const inputs = keys.map((key) => load(`${name}.${key}`));
    const value = penalty(...inputs);
    await expectLikeTorch(fixture, `${name}.penalty`, value, 'forward');
    const gradients = grad(value, inputs, { unused: 'zero' });
    for (const [i, key] of wanted.entries())
      await expectLikeTorch(fixture, `${name}.${key}`, gradients[i]!, 'gradient');
  });
});

describe('torch.autograd.functional', () => {
  const key = (name: string) => `functional.${name}`;

  it('jvp and hvp through a convolution', async () => {
    const [x, w] = [load(key('x')), load(key('w'))];
    const along = [load(key('along.x')), load(key('along.w'))] as const;
    const image = (x: Tensor, w: Tensor) => tanh(conv2d(x, w, { stride: 2, padding: 1 }));
    const { value, tangent } = jvp(image, [x, w], along);
    await expectLikeTorch(fixture, key('value'), value, 'forward');
    await expectLikeTorch(fixture, key('tangent'), tangent, 'gradient');
    const cubes = (x: Tensor, w: Tensor) => {
      const y = image(x, w);
      return sum(mul(square(y), y));
    };
    const [hx, hw] = hvp(cubes, [x, w], along);
    await expectLikeTorch(fixture, key('hvp.x'), hx, 'gradient');
    await expectLikeTorch(fixture, key('hvp.w'), hw, 'gradient');
  });

  it('jacobian and hessian of a softmax', async () => {
    const scores = (p: Tensor) => softmax(matmul(load(key('matrix')), p));
    const p = load(key('p'));
    await expectLikeTorch(fixture, key('jacobian'), jacobian(scores, p), 'gradient');
    const H = hessian((p) => sum(square(scores(p))), p);
    await expectLikeTorch(fixture, key('hessian'), H, 'gradient');
  });
});
