/** Tensors print as NumPy prints arrays: the expected texts are those of `repr(numpy.array(...))`, without its margin of six. */
import type { DType, TypedArray } from '@ganvas/tensor';
import { formatTensor } from '../../packages/tensor/src/format.ts';

const ARRAYS = { f32: Float32Array, f16: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array };
const range = (n: number, from = 0) => Array.from({ length: n }, (_, i) => i + from);
const print = (values: number[], shape = [values.length], dtype: DType = 'f32'): string => {
  const typed: TypedArray = ARRAYS[dtype].from(values);
  const text = formatTensor({ shape, dtype }, typed);
  const head = `tensor([${shape}] ${dtype},\n`;
  expect(text.startsWith(head) && text.endsWith(')')).toBe(true);
  return text.slice(head.length, -1);
};

it.each<[string, number[]]>([
  ['[ 1. ,  2.5, -3. ]', [1, 2.5, -3]],
  ['[1., 2.]', [1, 2]],
  ['[0., 0.]', [0, 0]],
  ['[0.001,   nan,   inf]', [0.001, NaN, Infinity]],
  ['[-inf,   1.]', [-Infinity, 1]],
  ['[1.0e+10, 1.5e+00]', [1e10, 1.5]],
  ['[1.e-06, 2.e-03]', [1e-6, 2e-3]],
  ['[ 1.e+10, -1.e+00]', [1e10, -1]],
  ['[0.3333, 0.5   ]', [1 / 3, 0.5]],
  ['[1234567.5]', [1234567.5]],
])('%s', (text, values) => {
  expect(print(values)).toBe(text);
});

it('nests brackets, with an empty line between matrices', () => {
  expect(print(range(12, -3), [2, 3, 2], 'i32')).toBe(
    '[[[-3, -2],\n  [-1,  0],\n  [ 1,  2]],\n\n [[ 3,  4],\n  [ 5,  6],\n  [ 7,  8]]]',
  );
  expect(print([0.5], [])).toBe('0.5');
  expect(print([255, 0], [1, 2], 'u8')).toBe('[[255,   0]]');
  expect(print([2 ** 32 - 1], [1], 'u32')).toBe('[4294967295]');
});

it('shows the ends of what has more than 1,000 elements', () => {
  expect(print(range(1001), [1001], 'u32')).toBe('[   0,    1,    2, ...,  998,  999, 1000]');
  expect(print(range(1600), [40, 40], 'i32')).toBe(
    [
      '[[   0,    1,    2, ...,   37,   38,   39],',
      ' [  40,   41,   42, ...,   77,   78,   79],',
      ' [  80,   81,   82, ...,  117,  118,  119],',
      ' ...,',
      ' [1480, 1481, 1482, ..., 1517, 1518, 1519],',
      ' [1520, 1521, 1522, ..., 1557, 1558, 1559],',
      ' [1560, 1561, 1562, ..., 1597, 1598, 1599]]',
    ].join('\n'),
  );
  expect(print(range(1200), [400, 3], 'i32').split('\n')).toHaveLength(7); // short axes whole
  expect(print(range(1000), [1000], 'u32')).not.toContain('...');
});

it('says so where the host has no values', () => {
  expect(formatTensor({ shape: [2, 3], dtype: 'f32' }, 'values elsewhere')).toBe('tensor([2,3] f32, values elsewhere)');
});
