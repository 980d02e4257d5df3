import {
  address,
  broadcastView,
  collapse,
  contiguousStrides,
  epilogueOperand,
  flatGrid,
  groupGrid,
  sizeOf,
  vectorWidth,
} from '@ganvas/kernels-wgsl';
import fc from 'fast-check';

/** The addresses that a walk visits, in order. */
function addresses(dims: readonly number[], strides: readonly number[]): number[] {
  return dims.reduce<number[]>(
    (starts, size, axis) => starts.flatMap((s) => Array.from({ length: size }, (_, c) => s + c * strides[axis]!)),
    [0],
  );
}

describe('views', () => {
  it('contiguous strides visit memory in order', () => {
    expect(contiguousStrides([2, 3, 4])).toEqual([12, 4, 1]);
    expect(addresses([2, 3, 4], contiguousStrides([2, 3, 4]))).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it('broadcasting repeats what has size 1 or is missing', () => {
    expect(broadcastView([3, 1], [2, 3, 4])).toEqual({ strides: [0, 1, 0], offset: 0 });
    expect(broadcastView([], [5])).toEqual({ strides: [0], offset: 0 });
  });
});

describe('collapse', () => {
  it('leaves a bias over images a walk of two axes', () => {
    const shape = [64, 14, 14, 128];
    const own = { strides: contiguousStrides(shape), offset: 0 };
    const { dims, strides } = collapse(shape, [own, broadcastView([128], shape)]);
    expect(dims).toEqual([12544, 128]);
    expect(strides).toEqual([
      [128, 1],
      [0, 1],
    ]);
  });

  it('keeps an axis apart from the one before it where it is fenced', () => {
    const own = { strides: contiguousStrides([2, 3, 4]), offset: 0 };
    expect(collapse([2, 3, 4], [own], (axis) => axis === 2).dims).toEqual([6, 4]);
    // A fence in front of an axis of size 1 holds for what follows.
    expect(collapse([2, 1, 4], [{ strides: [4, 4, 1], offset: 0 }], (axis) => axis === 1).dims).toEqual([2, 4]);
  });

  it('visits the same addresses in the same order', () => {
    const axis = fc.record({ size: fc.integer({ min: 1, max: 4 }), strides: fc.tuple(fc.nat(6), fc.nat(6)) });
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 5 }), (axes) => {
        const dims = axes.map((a) => a.size);
        const views = [0, 1].map((k) => ({ strides: axes.map((a) => a.strides[k]!), offset: 0 }));
        const walk = collapse(dims, views);
        expect(sizeOf(walk.dims)).toBe(sizeOf(dims));
        views.forEach((v, k) => {
          expect(addresses(walk.dims, walk.strides[k]!)).toEqual(addresses(dims, v.strides));
        });
      }),
      { seed: 1 },
    );
  });
});

describe('vectorWidth', () => {
  it.each<[string, 1 | 4, number[], number[], number]>([
    ['runs through fours', 4, [3, 8], [8, 1], 0],
    ['stands still', 4, [3, 8], [1, 0], 3],
    ['not a multiple of four', 1, [3, 6], [6, 1], 0],
    ['rows that start between fours', 1, [3, 8], [9, 1], 0],
    ['an offset between fours', 1, [3, 8], [8, 1], 2],
    ['strided', 1, [3, 8], [16, 2], 0],
    ['a single element', 1, [], [], 0],
  ])('%s: %i', (_, width, dims, strides, offset) => {
    expect(vectorWidth(dims, [{ strides, offset }])).toBe(width);
  });
});

describe('address', () => {
  const at = (strides: number[], base?: string) => address(strides, (axis) => `c${axis}`, base);
  it('adds the steps that an operand takes', () => {
    expect(at([12, 0, 1])).toBe('c0 * 12u + c2');
    expect(at([0, 0])).toBe('0u');
    expect(at([1], '5u')).toBe('5u + c0');
  });
  it('takes off those of an axis that is read backwards', () => {
    expect(at([-4, 1, -1], '7u')).toBe('7u + c1 - c0 * 4u - c2');
    expect(at([-1])).toBe('0u - c0');
  });
});

describe('epilogueOperand', () => {
  const kind = (from: number[], shape: number[], columns: number) => {
    const operand = epilogueOperand(shape, columns, { ...broadcastView(from, shape), type: 'f32', size: sizeOf(from) });
    return operand && [operand.row, operand.column];
  };
  it('tells what varies with rows and columns', () => {
    const shape = [8, 7, 7, 16];
    expect(kind([1], shape, 16)).toEqual([false, false]);
    expect(kind([16], shape, 16)).toEqual([false, true]);
    expect(kind(shape, shape, 16)).toEqual([true, true]);
    expect(kind([16], [1, 16], 16)).toEqual([false, true]);
  });
  it('refuses what they cannot tell', () => {
    expect(kind([7, 1], [8, 7, 7, 16], 16)).toBeNull();
    expect(kind([7, 16], [8, 7, 7, 16], 16)).toBeNull();
  });
});

describe('grids', () => {
  it('reach every item, with workgroup counts that a dispatch may have', () => {
    for (const items of [1, 64, 65, 4_194_240, 4_194_241, 100_000_000]) {
      for (const [grid, perGroup] of [
        [flatGrid(items), 64],
        [groupGrid(items), 1],
      ] as const) {
        expect(grid[0] * grid[1] * grid[2] * perGroup).toBeGreaterThanOrEqual(items);
        expect(Math.max(...grid)).toBeLessThanOrEqual(65535);
      }
    }
  });
});
