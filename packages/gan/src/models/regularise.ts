/** What any discriminator may have beside its body, each an option that is off by default. */
import { type Module, nn } from '@ganvas/autograd';
import { type Rng, sizeOf } from '@ganvas/kernels-wgsl';
import { type Device, reshape, ShapeError, transpose } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';

export interface RegulariserOptions {
  /** Share of the features that a training step drops after each hidden activation. Default 0. */
  dropout?: number;
  /** Hold the largest singular value of every layer at 1 (Miyato et al. 2018): weights are then called `weight_orig`. Default false. */
  spectralNorm?: boolean;
  /** What it sees of its batch as a whole, before the last layer. Default `none`. */
  minibatch?: RunConfig['minibatch'];
  /** Source of the initial weights. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

export interface PackOptions {
  /** Examples that are judged together (Lin et al. 2018): [batch, …] → logits [batch / pack, 1]. Default 1. */
  pack?: number;
}

/** Joins `pack` neighbours of the batch along the channels: [batch, …, channels] → [batch / pack, …, pack · channels]. */
export const packing = (pack: number): Module =>
  nn.fn((x) => {
    const [batch, ...example] = x.shape as [number, ...number[]];
    if (batch % pack !== 0)
      throw new ShapeError(`packing: packs of ${pack} do not divide a batch of ${batch}; use a divisor`);
    const [area, channels] = [example.slice(0, -1), example.at(-1)!];
    const apart = reshape(x, [batch / pack, pack, sizeOf(area), channels]);
    return reshape(transpose(apart, [0, 2, 1, 3]), [batch / pack, ...area, pack * channels]);
  }, 'Packing');

/** The first layer of a net that judges packs. */
export const packLayer = (pack: number): Record<string, Module> => (pack > 1 ? { pack: packing(pack) } : {});

/** What follows hidden activation number `index`. */
export const dropoutLayer = (
  index: number,
  { dropout = 0, rng, device }: RegulariserOptions,
): Record<string, Module> => (dropout > 0 ? { [`dropout${index}`]: nn.dropout(dropout, { rng, device }) } : {});

/** How a layer's weight is computed. */
export const parametrizationOf = ({ spectralNorm = false }: RegulariserOptions) =>
  spectralNorm ? { parametrization: nn.spectralNorm() } : {};
