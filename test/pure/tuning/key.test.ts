import { tuningKey } from '@ganvas/tensor';
import { nameFused } from '../../../packages/tensor/src/tuning/key.ts';

const f32 = (...shape: number[]) => ({ shape, dtype: 'f32' }) as const;

it('names the op, its inputs and its attributes by their size class', () => {
  const window = { stride: [2, 2], padding: [[1, 1], [1, 1]] }; // biome-ignore format: as the op has it
  expect(tuningKey('conv2d', [f32(64, 14, 14, 64), f32(4, 4, 64, 128)], window)).toBe(
    'conv2d [64,16+2,16+2,64] [4,4,64,128] stride=2,2 padding=1,1,1,1',
  );
  expect(tuningKey('gather', [{ shape: [60000, 28], dtype: 'u8' }, f32(64)], {})).toBe('gather u8[65536,32] [64]');
  expect(tuningKey('matmul', [f32(7, 9)], { transposeA: true, slope: 0.2, shape: [100, 6272] })).toBe(
    'matmul [7,8+1] transposeA=true slope=0.2 shape=128,8192',
  );
});

it.each([
  [8, '8'],
  [9, '8+1'],
  [11, '8+3'],
  [12, '16'],
  [45, '32+1'],
  [46, '64+2'],
  [96, '128'],
  [1000, '1024'],
])('the class of %i is %s', (size, name) => {
  expect(tuningKey('f', [f32(size)], {})).toBe(`f [${name}]`);
});

it('is the same for sizes of one class, and another where rows by fours end', () => {
  const key = (n: number) => tuningKey('matmul', [f32(n, n)], {});
  expect(key(60)).toBe(key(72));
  expect(new Set([60, 61, 62, 63].map(key)).size).toBe(4);
});

describe('what is fused in', () => {
  const name = { problem: 'sum [60]', key: 'sum [64]' };
  const whole = (kind: string, value: number) => ({ exprs: [{ kind, args: [{ kind: 'constant', value }] }] });

  it('makes another problem of the same shapes, whatever the values of its constants', () => {
    const problems = [whole('mul', 1), whole('mul', 2), whole('add', 1)].map(
      (each) => nameFused(name, undefined, each).problem,
    );
    expect(problems[0]).toMatch(/^sum \[60\] #[0-9a-f]{1,8}$/);
    expect(problems[1]).toBe(problems[0]);
    expect(problems[2]).not.toBe(problems[0]);
  });

  it('is another class where a reduction does more for a value', () => {
    const key = (before?: { reads: number; ops: number }) => nameFused(name, before, whole('mul', 1)).key;
    expect(key()).toBe('sum [64]');
    expect(key({ reads: 3, ops: 17 })).toBe('sum [64] reads=3 ops=16');
    expect(key({ reads: 3, ops: 4 })).not.toBe(key({ reads: 2, ops: 4 }));
  });
});
