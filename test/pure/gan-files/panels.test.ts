import { stretchesOf } from '../../../packages/gan/src/files/downsample.ts';
import { columnsOf, panelsOf, rangeOf } from '../../../packages/gan/src/files/panels.ts';

describe('panelsOf', () => {
  it('puts what belongs together into one panel, and leaves nothing out but the clocks', () => {
    const panels = panelsOf(['step', 'epoch', 'odd', 'dFake', 'gradG', 'lossG', 'lossD', 'dReal', 'gradD']);
    expect(panels.map(({ curves }) => curves.map(({ column }) => column))).toEqual([
      ['lossD', 'lossG'],
      ['dReal', 'dFake'],
      ['gradD', 'gradG'],
      ['odd'],
    ]);
    expect(panels.at(-1)).toEqual({ title: 'odd', curves: [{ column: 'odd', name: 'odd' }] });
    expect(panelsOf(['step', 'lossG']).map(({ curves }) => curves.length)).toEqual([1]);
  });

  it('keeps an axis to probabilities only while they are some', () => {
    const [panel] = panelsOf(['dReal', 'dFake']);
    const row = (dReal: number, dFake: number) => ({ step: 1, dReal, dFake });
    expect(rangeOf(panel!, [row(0, 1), row(Number.NaN, 0.5)])).toEqual([0, 1]);
    // A critic's answers are no probabilities.
    expect(rangeOf(panel!, [row(0.5, 0.5), row(3, 0)])).toBeUndefined();
    expect(rangeOf(panelsOf(['lossD'])[0]!, [{ step: 1, lossD: 0.5 }])).toBeUndefined();
  });

  it('finds the columns of rows that differ', () => {
    expect(columnsOf([{ step: 1, a: 2 }, { step: 2, b: 3 }, { a: 1 }])).toEqual(['step', 'a', 'b']);
  });
});

describe('stretchesOf', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ step: i + 1, value: i === 523 ? 99 : i % 2 }));

  it('keeps a short curve as it is', () => {
    expect(stretchesOf(rows.slice(0, 3), 'value', 500)).toEqual([
      [1, 0, 0, 0],
      [2, 1, 1, 1],
      [3, 0, 0, 0],
    ]);
  });

  it('makes a long one short, with its means and its spike', () => {
    const stretches = stretchesOf(rows, 'value', 100);
    expect(stretches).toHaveLength(100);
    expect(stretches[0]).toEqual([10, 0.5, 0, 1]);
    expect(stretches[52]).toEqual([530, (4 + 99) / 10, 0, 99]);
    expect(stretches.at(-1)![0]).toBe(1000);
    expect(stretchesOf(rows.slice(0, 999), 'value', 100).at(-1)![0]).toBe(999);
  });

  it('passes over what is not finite, and leaves gaps where nothing else is', () => {
    const broken = [Number.NaN, 2, Number.NaN, Number.POSITIVE_INFINITY].map((value, i) => ({ step: i, value }));
    expect(stretchesOf(broken, 'value', 2)).toEqual([[1, 2, 2, 2], null]);
    expect(stretchesOf(broken, 'other', 2)).toEqual([null, null]);
    expect(stretchesOf([], 'value', 2)).toEqual([]);
  });
});
