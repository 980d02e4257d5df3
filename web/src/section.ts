/** A part of the page, opened when the address names it and closed when it names another. */
import type { Device } from '@ganvas/tensor';

export interface Context {
  /** The page's device, opened at the first call; the page says so where there is none, and the promise rejects. */
  device(): Promise<Device>;
  /** What the address has behind the section's name: `conv2d` of `#/kernels/conv2d`. */
  readonly path: readonly string[];
}

/**
 * Draws itself into `root`, which is empty.
 * @returns what to do when the section is left: stop what runs, free what it holds
 */
export type OpenSection = (root: HTMLElement, context: Context) => (() => void) | undefined;

export interface Section {
  /** In the address: `#/kernels`. */
  name: string;
  title: string;
  /** A sentence for the first page. */
  about: string;
  /** Loads the section's code. */
  load(): Promise<OpenSection>;
}

export const SECTIONS: readonly Section[] = [
  {
    name: 'kernels',
    title: 'Kernels',
    about: 'Each kernel as a ladder, from naive to the fastest: read a rung, change it, run it on your adapter.',
    load: async () => (await import('./kernels/section.ts')).open,
  },
  {
    name: 'invocation',
    title: 'One invocation',
    about: 'Follow a single thread through a kernel: what it reads, what it keeps, what it writes.',
    load: async () => (await import('./invocation/section.ts')).open,
  },
  {
    name: 'autodiff',
    title: 'Autodiff',
    about:
      'Write a function; see its program, its gradient rule by rule, and the kernels that the compiler makes of it.',
    load: async () => (await import('./autodiff/section.ts')).open,
  },
  {
    name: 'train',
    title: 'Train',
    about: 'A GAN learns to draw digits, in this page, on your adapter.',
    load: async () => (await import('./train/section.ts')).open,
  },
  {
    name: 'ring',
    title: 'Ring',
    about: 'A GAN on points of the plane: see the generator’s points and the discriminator’s field as they move.',
    load: async () => (await import('./ring/section.ts')).open,
  },
];
