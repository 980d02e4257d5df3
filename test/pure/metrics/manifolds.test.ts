/** Neighbours, and precision and recall that rest on them. */
import { nearestNeighbours, precisionRecall, type Rows, spreadRows, takeRows } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { METRIC_CASES } from '../../fixtures/read-metrics.ts';

const points = (...list: [number, number][]): Rows => ({
  values: Float64Array.from(list.flat()),
  count: list.length,
  width: 2,
});
function normals(seed: number, count: number, width: number): Rows {
  return { values: new Rng(seed).normals(count * width), count, width };
}

describe('nearestNeighbours', () => {
  const among = points([0, 0], [3, 0], [0, 4], [3, 4]);

  it('gives the nearest first, with distances', () => {
    const { indices, distances } = nearestNeighbours(points([1, 0], [3, 5]), among, 3);
    expect([...indices]).toEqual([0, 1, 2, 3, 2, 1]);
    [1, 2, Math.sqrt(17), 1, Math.sqrt(10), 5].forEach((distance, i) => {
      expect(distances[i]).toBeCloseTo(distance, 12);
    });
  });

  it('leaves a row itself out where asked to', () => {
    const { indices, distances } = nearestNeighbours(among, among, 1, true);
    expect([...indices]).toEqual([1, 0, 3, 2]);
    expect([...distances]).toEqual([3, 3, 3, 3]);
    expect([...nearestNeighbours(among, among).indices]).toEqual([0, 1, 2, 3]);
  });

  it('agrees with a sort of all distances, whatever the width', () => {
    for (const width of [1, 31, 32, 33, 100]) {
      const [queries, rows] = [normals(1, 10, width), normals(2, 50, width)];
      const { indices, distances } = nearestNeighbours(queries, rows, 4);
      for (let i = 0; i < queries.count; i++) {
        const all = Array.from({ length: rows.count }, (_, j) => {
          const apart = Array.from(
            { length: width },
            (_, k) => queries.values[i * width + k]! - rows.values[j * width + k]!,
          );
          return { j, distance: Math.hypot(...apart) };
        }).sort((a, b) => a.distance - b.distance);
        expect([...indices.slice(4 * i, 4 * i + 4)]).toEqual(all.slice(0, 4).map(({ j }) => j));
        all.slice(0, 4).forEach(({ distance }, n) => {
          expect(distances[4 * i + n]).toBeCloseTo(distance, 10);
        });
      }
    }
  });

  it('finds copies at a distance of exactly 0', () => {
    const rows = normals(3, 200, 70);
    const copies = [17, 0, 199, 17];
    const { indices, distances } = nearestNeighbours(takeRows(rows, copies), rows);
    expect([...indices]).toEqual(copies);
    expect([...distances]).toEqual([0, 0, 0, 0]);
  });

  it('refuses more neighbours than there are, and rows of another width', () => {
    expect(() => nearestNeighbours(among, among, 4, true)).toThrow(
      'expected k from 1 to the 3 rows that there are, got 4',
    );
    expect(() => nearestNeighbours(among, normals(1, 3, 3))).toThrow('got [4, 2] and [3, 3]');
  });
});

describe('precisionRecall', () => {
  it.each(METRIC_CASES)('finds for features $name what numpy finds', ({ a, b, precision, recall }) => {
    const result = precisionRecall(a, b);
    expect(result.precision).toBeCloseTo(precision, 12);
    expect(result.recall).toBeCloseTo(recall, 12);
    expect(result.realistic).toHaveLength(b.count);
    expect(result.covered).toHaveLength(a.count);
  });

  it('is precise and forgetful where all samples are of one of two modes, and the reverse where half of them are astray', () => {
    const around = (seed: number, x: number) => {
      const { values } = normals(seed, 100, 2);
      return Array.from({ length: 100 }, (_, i): [number, number] => [x + values[2 * i]!, values[2 * i + 1]!]);
    };
    const real = points(...around(1, 0), ...around(2, 100));
    const collapsed = precisionRecall(real, points(...around(3, 0), ...around(4, 0)));
    expect(collapsed.precision).toBeGreaterThan(0.85);
    expect(collapsed.recall).toBeLessThanOrEqual(0.5);
    expect([...collapsed.covered.slice(100)].every((flag) => flag === 0)).toBe(true);
    const astray = precisionRecall(
      real,
      points(...around(3, 0), ...around(4, 100), ...around(5, 500), ...around(6, 900)),
    );
    expect(astray.recall).toBeGreaterThan(0.85);
    expect(astray.precision).toBeLessThanOrEqual(0.5);
  });

  it('is 1 both ways for copies', () => {
    const rows = normals(1, 30, 3);
    expect(precisionRecall(rows, rows)).toMatchObject({ precision: 1, recall: 1 });
  });
});

it('spreadRows takes rows from beginning to end', () => {
  const rows: Rows = { values: Uint8Array.from({ length: 10 }, (_, i) => i), count: 10, width: 1 };
  expect([...spreadRows(rows, 4).values]).toEqual([0, 2, 5, 7]);
  expect(spreadRows(rows, 10)).toBe(rows);
});
