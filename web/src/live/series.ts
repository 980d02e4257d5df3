/** The lines of a GAN's two charts. */
import type { Series } from './chart.ts';

export const LOSSES: readonly Series[] = [
  { name: 'D', colour: '--a' },
  { name: 'G', colour: '--b' },
];

export const ANSWERS: readonly Series[] = [
  { name: 'D(x)', colour: '--a' },
  { name: 'D(G(z))', colour: '--b' },
];
