/** Principal components: the plane in which points differ most. */
import { featureStatistics } from '../metrics/feature-statistics.ts';
import type { Rows } from '../metrics/rows.ts';
import { symmetricEigen } from '../metrics/symmetric-eigen.ts';

/**
 * Rows as points of the plane of the two directions with the largest variance, their mean at the origin. A direction's sign is
 * such that its largest part is positive, so that the same rows always give the same picture.
 * @returns [count, 2], float64
 * @throws Error for less than two rows or columns, or values that are not finite
 */
export function embedPca(rows: Rows): Float64Array {
  const { values, count, width } = rows;
  if (count < 2 || width < 2)
    throw new Error(`embedPca: expected at least 2 rows and 2 columns, got [${count}, ${width}]`);
  const { mean, covariance } = featureStatistics(rows);
  const { values: variances, vectors } = symmetricEigen(covariance, width);
  const order = [...variances.keys()].sort((a, b) => variances[b]! - variances[a]!);
  const points = new Float64Array(2 * count);
  for (const component of [0, 1]) {
    const direction = upright(vectors!.subarray(order[component]! * width, (order[component]! + 1) * width));
    for (let row = 0; row < count; row++) {
      let along = 0;
      for (let i = 0; i < width; i++) along += (values[row * width + i]! - mean[i]!) * direction[i]!;
      points[2 * row + component] = along;
    }
  }
  return points;
}

function upright(direction: Float64Array): Float64Array {
  const largest = direction.reduce((most, v) => (Math.abs(v) > Math.abs(most) ? v : most), 0);
  return largest < 0 ? direction.map((v) => -v) : direction;
}
