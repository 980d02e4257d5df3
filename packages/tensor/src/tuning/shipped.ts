/**
 * The rungs that come with the package, where an adapter's measurements speak against its order: by kind of adapter, then by
 * tuning key. Written by `npm run tune -- --ship`.
 */
import type { RungTable } from './choices.ts';

// biome-ignore format: written by a program, a key a line
export const SHIPPED: Readonly<Record<string, RungTable>> = {
};
