/** A long curve in few points that hide no spike. */
import type { Row } from './panels.ts';

/** What a stretch of steps measured: its last step, mean, least and greatest value. */
export type Stretch = [step: number, mean: number, low: number, high: number];

/**
 * Cuts the rows into at most `limit` stretches of as many rows each. Values that are missing or not finite are passed over;
 * a stretch that has no other is null: a gap in the drawing.
 */
export function stretchesOf(rows: readonly Row[], column: string, limit: number): (Stretch | null)[] {
  const length = Math.max(1, Math.ceil(rows.length / limit));
  return Array.from({ length: Math.ceil(rows.length / length) }, (_, i) => {
    const part = rows.slice(i * length, (i + 1) * length);
    const values = part.map((row) => row[column] ?? Number.NaN).filter(Number.isFinite);
    if (values.length === 0) return null;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [part.at(-1)!.step!, mean, Math.min(...values), Math.max(...values)];
  });
}
