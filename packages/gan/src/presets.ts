/** Ready-made settings, and how a run's configuration is completed from what its user said. */
import type { AdapterDescription } from '@ganvas/tensor';
import type { RunConfig } from './config.ts';
import { isCrossEntropy, LOSS_DEFAULTS } from './losses/index.ts';

export const PRESET_NAMES = ['quick', 'standard', 'paper'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** The recipe of PyTorch's DCGAN example: what holds where nothing else is said. */
export const BASE: RunConfig = {
  model: 'dcgan',
  data: 'mnist',
  steps: 9_370,
  batch: 64,
  seed: 1,
  size: 28,
  channels: 1,
  width: 64,
  latent: 100,
  hidden: [256, 512, 1024],
  embedding: 50,
  dropout: 0,
  norm: 'batch',
  spectralNorm: false,
  minibatch: 'none',
  pack: 1,
  loss: 'non-saturating',
  labelSmoothing: 0,
  gradientPenalty: 0,
  r1: 0,
  r1Every: 16,
  clamp: 0,
  mismatched: false,
  featureMatching: 0,
  augment: [],
  optimizer: 'adam',
  lrG: 2e-4,
  lrD: 2e-4,
  betas: [0.5, 0.999],
  schedule: 'constant',
  clipNorm: 0,
  nCritic: 1,
  ema: 0,
  onNonFinite: 'stop',
};

type Settings = Partial<RunConfig>;
type Model = RunConfig['model'];

/** What each model's paper or script has beside the recipe. */
const MODELS: Record<Model, Settings> = {
  mlp: { dropout: 0.3 },
  dcgan: {},
  // Not Mirza and Osindero's: without it a small discriminator heeds the label too little.
  cgan: { mismatched: true },
  // tfjs-examples, mnist-acgan: Adam 2e-4 with β₁ 0.5, batch 100, dropout 0.3, real images towards 0.95.
  acgan: { batch: 100, width: 32, dropout: 0.3, labelSmoothing: 0.05 },
  projection: { loss: 'hinge' },
};

/** Two hidden layers are enough for points of the plane; the settings that cover the ring soonest. */
const POINTS: Settings = { latent: 2, hidden: [64, 64], batch: 128, dropout: 0, lrG: 1e-3, lrD: 1e-3, steps: 10_000 };

export const PRESETS: Record<PresetName, Settings> = {
  /** Digits within minutes on a software adapter: a narrow net, many steps, and fifteen times the paper's learning rate. */
  quick: { steps: 1000, batch: 64, width: 16, lrG: 3e-3, lrD: 3e-3, ema: 0.999 },
  /** The MNIST nets at the paper's width and learning rate, 10 epochs. */
  standard: { ema: 0.999 },
  /** The paper's 64×64 net and batch, 25 epochs. */
  paper: { steps: 11_700, batch: 128, size: 64 },
};

const rate = (lr: number): Settings => ({ lrG: lr, lrD: lr });

/** What a narrow net needs within the steps of `quick`, where that is not the preset's learning rate. */
const QUICK: { models: Partial<Record<Model, Settings>>; losses: Partial<Record<RunConfig['loss'], Settings>> } = {
  models: {
    mlp: { ...rate(1e-3), batch: 64 },
    cgan: rate(2e-3),
    acgan: { ...rate(1e-3), width: 8 },
    projection: rate(1e-3),
  },
  losses: {
    hinge: { ...rate(1e-3), nCritic: 1 },
    wgan: { ...rate(5e-4), steps: 400 },
    'wgan-gp': { ...rate(1e-3), steps: 400 },
  },
};

export const defaultPreset = (adapter: AdapterDescription): PresetName => (adapter.software ? 'quick' : 'standard');

const isPoints = (data: string): boolean => data === 'ring' || data === 'grid';

/** A folder of images has its own defaults: RGB, and a size that suits photographs. */
const isWord = (data: string): boolean => ['mnist', 'stacked-mnist', 'ring', 'grid'].includes(data);
const isFolder = (data: string): boolean => !isWord(data) && !/ubyte|idx|\.gz$/i.test(data);

/**
 * A complete configuration: what is said wins over what the loss's paper has, that over the preset, that over the model, and
 * that over the recipe of PyTorch's example. In `quick` learning rates are the preset's, not the papers'.
 * @param said flags and file, checked already
 */
export function completeConfig(said: Settings, preset: PresetName): RunConfig {
  const model = said.model ?? BASE.model;
  const data = said.data ?? BASE.data;
  const quick = preset === 'quick';
  const base = { ...BASE, ...MODELS[model], ...PRESETS[preset], ...(quick && QUICK.models[model]) };
  const loss = said.loss ?? base.loss;
  const { lrG: _g, lrD: _d, ...structure } = LOSS_DEFAULTS[loss];
  return {
    ...base,
    ...(quick ? { ...structure, ...QUICK.losses[loss] } : LOSS_DEFAULTS[loss]),
    ...(!isCrossEntropy(loss) && { labelSmoothing: 0 }),
    ...(data === 'stacked-mnist' && { channels: 3 as const }),
    ...(isFolder(data) && { channels: 3 as const, size: quick ? 32 : 64 }),
    ...(isPoints(data) && POINTS),
    ...said,
    model,
    data,
    loss,
  };
}
