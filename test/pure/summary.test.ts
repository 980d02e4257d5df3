/** `summary`: the text for a model that everybody knows, nesting, shared tensors, and models that do not fit together. */
import { nn } from '@ganvas/autograd';
import { discriminator } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { setDefaultDevice } from '@ganvas/tensor';
import { fakeDevice } from './compile/fake-device.ts';

beforeAll(() => setDefaultDevice(fakeDevice()));
const rng = new Rng(1);

it('the discriminator of DCGAN', () => {
  const text = nn.summary(discriminator({ size: 28, width: 64, rng }), [64, 28, 28, 1]);
  expect(text.split('\n')).toEqual([
    'layer    type         output         parameters   Mflop',
    'conv1    Conv2d       [64,14,14,64]       1,088   24.69',
    'leaky1   LeakyReLU    [64,14,14,64]           0    2.41',
    'conv2    Conv2d       [64,7,7,128]      131,072  708.84',
    'bn2      BatchNorm2d  [64,7,7,128]          256    2.41',
    'leaky2   LeakyReLU    [64,7,7,128]            0    1.20',
    'flatten  Flatten      [64,6272]               0    0.00',
    'fc       Linear       [64,1]              6,273    0.80',
    '7 layers, input [64,28,28,1]: 740 Mflop',
    '138,689 parameters (0.555 MB), 256 values in buffers',
  ]);
});

it('names nested layers with dots, and runs the dtype through', () => {
  const inner = nn.sequential({ fc: nn.linear(4, 8, { rng }), act: nn.relu });
  const model = nn.sequential({ embed: nn.embedding(10, 4, { rng }), body: inner, drop: nn.dropout(0.5, { rng }) });
  const lines = nn.summary(model, [2, 3], { dtype: 'u32' }).split('\n');
  const cells = lines.slice(1, 5).map((line) => line.trim().split(/ {2,}/).slice(0, 4));
  expect(cells).toEqual([
    ['embed', 'Embedding', '[2,3,4]', '40'],
    ['body.fc', 'Linear', '[2,3,8]', '40'],
    ['body.act', 'ReLU', '[2,3,8]', '0'],
    ['drop', 'Dropout', '[2,3,8]', '0'],
  ]);
  expect(lines[6]).toMatch(/^80 parameters .* 4 values in buffers$/);
});

it('counts a shared layer once in the total', () => {
  const fc = nn.linear(4, 4, { rng });
  const text = nn.summary(nn.sequential({ once: fc, again: fc }), [1, 4]);
  expect(text.match(/Linear/g)).toHaveLength(2);
  expect(text).toMatch(/^20 parameters/m);
});

it('counts a single layer, and the arithmetic of a product', () => {
  const text = nn.summary(nn.linear(100, 50, { rng, bias: false }), [10, 100]);
  expect(text).toMatch(/Linear {2}\[10,50\] +5,000 {3}0\.10/); // 2 · 10 · 100 · 50
});

it('leaves running statistics and generators alone', () => {
  expect(() => nn.summary(nn.batchNorm2d(4, { rng }), [2, 3, 3, 4], { mode: 'train' })).not.toThrow();
});

it('says where layers do not fit', () => {
  const model = nn.sequential({ a: nn.linear(4, 8, { rng }), b: nn.linear(9, 2, { rng }) });
  expect(() => nn.summary(model, [1, 4])).toThrow('matmul: a has 8 columns, b has 9 rows');
});
