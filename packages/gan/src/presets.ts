/** Ready-made settings. The default follows the adapter: what it can run in minutes. */
import type { AdapterDescription } from '@ganvas/tensor';

/** What a run is, from its first step to its last; saved in its checkpoint. */
export interface RunConfig {
  /** Training steps from the run's start. */
  steps: number;
  batch: number;
  /** Channels of the layers next to the image. */
  width: number;
  /** Height and width of an image. */
  size: number;
  /** Learning rate of both Adams. */
  lr: number;
  /** Seed of weights, noise and order of the data. */
  seed: number;
}

/** Adam's β₁ in both optimisers, as the paper has it. */
export const BETAS = [0.5, 0.999] as const;

export type PresetName = 'quick' | 'standard' | 'paper';

export const PRESETS: Record<PresetName, Omit<RunConfig, 'seed'>> = {
  /** Digits within minutes on a software adapter: a narrow net, many steps, and fifteen times the paper's learning rate. */
  quick: { steps: 1000, batch: 64, width: 16, size: 28, lr: 3e-3 },
  /** The MNIST net at the paper's width and learning rate, 20 epochs. */
  standard: { steps: 18_740, batch: 64, width: 64, size: 28, lr: 2e-4 },
  /** The paper's 64×64 net and batch, 25 epochs. */
  paper: { steps: 11_700, batch: 128, width: 64, size: 64, lr: 2e-4 },
};

export const defaultPreset = (adapter: AdapterDescription): PresetName => (adapter.software ? 'quick' : 'standard');
