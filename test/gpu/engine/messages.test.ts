/** What a user does wrong, and what is said: the op, what it got, what it expects. */
import { grad } from '@ganvas/autograd';
import {
  add,
  batchNorm,
  broadcastTo,
  cast,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convTranspose2d,
  full,
  gatherBatch,
  matmul,
  max,
  moments,
  mul,
  pack,
  packStates,
  randomGenerator,
  randomUniform,
  reshape,
  state,
  sum,
  type Tensor,
  tensor,
  transpose,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();
const of = (...shape: number[]): Tensor => full(shape, 0);
const words = (...shape: number[]): Tensor => full(shape, 0, { dtype: 'u32' });

it.each<[string, () => unknown]>([
  ['add: shapes [2,3] and [2] do not broadcast (axis 1: 3 and 2)', () => add(of(2, 3), of(2))],
  ['add: operands have different dtypes, f32[2] and u32[2]; use cast', () => add(of(2), words(2))],
  ['add: expected at least one tensor among the operands', () => add(1, 2)],
  ['mul: Infinity is no value of f32', () => mul(of(2), Infinity)],
  ['mul: 1e+60 is no value of f32', () => mul(of(2), 1e60)],
  ['mul: 1.5 is no value of u32', () => mul(words(2), 1.5)],
  ['mul: -1 is no value of u32', () => mul(words(2), -1)],
  ['full: NaN is no value of f32', () => full([2], NaN)],
  ['full: shape [2,0] must have whole sizes of at least 1', () => full([2, 0], 1)],
  ['tensor: shape [2,2] holds 4 values, got 3', () => tensor([1, 2, 3], [2, 2])],
  ['tensor: nested arrays are ragged: rows of shapes [2] and [1]', () => tensor([[1, 2], [3]])],
  ['tensor: an empty array has no shape of whole sizes of at least 1', () => tensor([])],
  ['matmul: a has 3 columns, b has 2 rows (a [2,3], b [2,3])', () => matmul(of(2, 3), of(2, 3))],
  [
    'matmul: a has 2 columns, b has 3 rows (a [2,3]ᵀ, b [2,3]ᵀ)',
    () => matmul(of(2, 3), of(2, 3), { transposeA: true, transposeB: true }),
  ],
  ['matmul: expects operands of at least one axis (a [], b [3,2])', () => matmul(of(), of(3, 2))],
  ['matmul: a has 4 columns, b has 3 rows (a [2,3,4], b [3,5])', () => matmul(of(2, 3, 4), of(3, 5))],
  [
    'matmul (a [2,3,4], b [3,4,5]): batch: shapes [2] and [3] do not broadcast (axis 0: 2 and 3)',
    () => matmul(of(2, 3, 4), of(3, 4, 5)),
  ],
  [
    'matmul: 65536 products in one batch, expected at most 65535; multiply it in parts (a [256,1,1,1], b [256,1,1])',
    () => matmul(of(256, 1, 1, 1), of(256, 1, 1)),
  ],
  ['matmul: expects f32, got f32 and u32 (a [2,2], b [2,2])', () => matmul(of(2, 2), words(2, 2))],
  [
    'conv2d: w expects 3 input channels, x has 64 (x [32,16,16,64], w [4,4,3,128])',
    () => conv2d(of(32, 16, 16, 64), of(4, 4, 3, 128)),
  ],
  ['conv2d: x must have 4 axes (x [8,8,3], w [3,3,3,4])', () => conv2d(of(8, 8, 3), of(3, 3, 3, 4))],
  ['conv2d: the 5×5 kernel is larger than the padded input', () => conv2d(of(1, 3, 3, 1), of(5, 5, 1, 1))],
  [
    'conv2d: stride must be whole numbers of at least 1, got 0',
    () => conv2d(of(1, 3, 3, 1), of(1, 1, 1, 1), { stride: 0 }),
  ],
  [
    'conv2d: padding must be whole numbers of at least 0, got -1',
    () => conv2d(of(1, 3, 3, 1), of(1, 1, 1, 1), { padding: -1 }),
  ],
  [
    'convTranspose2d: w expects 2 input channels, x has 3 (x [1,4,4,3], w [4,4,3,2])',
    () => convTranspose2d(of(1, 4, 4, 3), of(4, 4, 3, 2)),
  ],
  [
    'convTranspose2d: padding [[2,2],[2,2]] leaves nothing of the output (x [1,1,1,1], w [3,3,1,1])',
    () => convTranspose2d(of(1, 1, 1, 1), of(3, 3, 1, 1), { padding: 2 }),
  ],
  [
    'conv2dInputGrad: dy must be [1,2,2,1] for x [1,4,4,1] and w [3,3,1,1]',
    () => conv2dInputGrad(of(1, 4, 4, 1), of(3, 3, 1, 1), [1, 4, 4, 1]),
  ],
  [
    'conv2dInputGrad: w expects 1 input channels, x has 2 (dy [1,2,2,1], w [3,3,1,1])',
    () => conv2dInputGrad(of(1, 2, 2, 1), of(3, 3, 1, 1), [1, 4, 4, 2]),
  ],
  [
    'conv2dWeightGrad: weightShape must have 4 axes, got [3,3] (x [1,4,4,1], dy [1,2,2,1])',
    () => conv2dWeightGrad(of(1, 4, 4, 1), of(1, 2, 2, 1), [3, 3]),
  ],
  [
    'conv2d: w expects 8 input channels (4 groups of 2), x has 6 (x [1,4,4,6], w [3,3,2,4])',
    () => conv2d(of(1, 4, 4, 6), of(3, 3, 2, 4), { groups: 4 }),
  ],
  [
    'conv2d: 3 groups do not divide the 4 output channels of w (x [1,4,4,6], w [3,3,2,4])',
    () => conv2d(of(1, 4, 4, 6), of(3, 3, 2, 4), { groups: 3 }),
  ],
  [
    'conv2d: the 3×3 kernel is larger than the padded input (x [1,4,4,1], w [3,3,1,1], padding [[0,0],[0,0]], dilation [2,1])',
    () => conv2d(of(1, 4, 4, 1), of(3, 3, 1, 1), { dilation: [2, 1] }),
  ],
  [
    'conv2d: dilation must be whole numbers of at least 1, got 0',
    () => conv2d(of(1, 3, 3, 1), of(1, 1, 1, 1), { dilation: 0 }),
  ],
  [
    'convTranspose2d: outputPadding must be whole numbers from 0 and less than the stride, got 2 at stride [2,2]',
    () => convTranspose2d(of(1, 3, 3, 1), of(1, 1, 1, 1), { stride: 2, outputPadding: 2 }),
  ],
  ['reshape: x has 6 elements (x [2,3]), [4] holds 4', () => reshape(of(2, 3), [4])],
  ['reshape: x has 6 elements (x [2,3]), which [4,-1] does not divide', () => reshape(of(2, 3), [4, -1])],
  ['reshape: only one size may be -1, got [-1,-1]', () => reshape(of(2, 3), [-1, -1])],
  ['broadcastTo: x [2,3] does not broadcast to [3]', () => broadcastTo(of(2, 3), [3])],
  ['broadcastTo: shapes [2] and [3] do not broadcast', () => broadcastTo(of(2), [3])],
  ['transpose: [0,0] is no permutation of the 2 axes of x [2,3]', () => transpose(of(2, 3), [0, 0])],
  ['sum: axis 2 is out of range for a tensor of rank 2 (expected -2 to 1)', () => sum(of(2, 3), 2)],
  ['max: axes [0,-2] name an axis twice', () => max(of(2, 3), [0, -2])],
  ['sum: expected f32, got u32[2]', () => sum(words(2))],
  ['moments: expects f32 of at least 2 axes, got f32[3]', () => moments(of(3))],
  [
    'batchNorm: gamma and beta must have shape [channels] (x [4,2], gamma [3], beta [2])',
    () => batchNorm(of(4, 2), of(3), of(2)),
  ],
  ['gatherBatch: data must be u8 [count, ...] (data f32[4,4], indices u32[2])', () => gatherBatch(of(4, 4), words(2))],
  ['add: u8 data is read by gather only', () => add(tensor(new Uint8Array(4)), 1)],
  ['uniform: expected a generator made by randomGenerator(seed), got f32[4]', () => randomUniform(of(4), [2])],
  ['uniform: shape [0] must have whole sizes of at least 1', () => randomUniform(randomGenerator(1), [0])],
  ['pack: expected f32 tensors, got u32[2]', () => pack([of(2), words(2)])],
  ['pack: expected at least one tensor', () => pack([])],
  ['packStates: expected at least one state tensor', () => packStates([])],
  [
    'packStates: only a state tensor can be written; make one with state(values, shape)',
    () => packStates([tensor([1])]),
  ],
  ['packStates: expected f32 state, got u32[4]', () => packStates([randomGenerator(1)])],
  ['Rng: expected a whole number or two 32-bit words as seed, got 0.5', () => randomGenerator(0.5)],
  ['grad: expected a loss of one element, got shape [2]; use sum or mean', () => grad(of(2), [of(2)])],
])('%s', (message, mistake) => {
  expect(mistake).toThrow(message);
});

it('of a value that is read', async () => {
  await expect(of(2).item()).rejects.toThrow('item: expected a tensor of one element, got shape [2]');
  expect(() => state([1, 2]).write(Int32Array.of(1, 2))).toThrow('write: expected values of f32, got i32');
});

it('of casts, which truncate', async () => {
  const x = tensor([1.7, -1.7]);
  expect(Array.from(await cast(x, 'i32').data())).toEqual([1, -1]);
  expect(cast(x, 'f32')).toBe(x);
});
