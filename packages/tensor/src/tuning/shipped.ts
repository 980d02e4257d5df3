/**
 * The rungs that come with the package, where an adapter's measurements speak against its order: by kind of adapter, then by
 * tuning key. Written by `npm run tune -- --ship`.
 */
import type { RungTable } from './choices.ts';

// biome-ignore format: written by a program, a key a line
export const SHIPPED: Readonly<Record<string, RungTable>> = {
  'llvmpipe, robustness off': {
    'conv2dWeightGrad [64,32,32,1] [64,16+2,16+2,16] stride=2,2 padding=1,1,1,1 weightShape=4,4,1,16': '3-vec4',
    'conv2dWeightGrad [64,32,32,1] [64,16+2,16+2,32] stride=2,2 padding=1,1,1,1 weightShape=4,4,1,32': '10-subgroup',
    'conv2dWeightGrad [64,32,32,1] [64,16+2,16+2,64] stride=2,2 padding=1,1,1,1 weightShape=4,4,1,64': '10-subgroup',
    'matmul [64,32] [2,32] transposeA=false transposeB=true': '3-vec4',
    'matmul [64,32] [64,2] transposeA=true transposeB=false': '2-register-tile',
    'sum [128,1024] axes=0 keepDims=false': '1-vec4',
    'sum [128,1] axes=0 keepDims=false': '1-vec4',
    'sum [256,1] axes=0 keepDims=false': '0-serial',
    'sum [256,7,7,32] axes=0,1,2 keepDims=false': '1-vec4',
    'sum [256] axes=0 keepDims=false': '4-workgroup-tree',
    'sum [64,1] axes=0 keepDims=false': '4-workgroup-tree',
    'sum [64,32,32,1] axes=0,1,2 keepDims=false': '4-workgroup-tree',
  },
  'swiftshader, robustness off': {
    'conv2d [64,32,32,1] [4,4,1,32] stride=2,2 padding=1,1,1,1': '4-wide-tile',
    'conv2dInputGrad [64,7,7,64] [4,4,32,64] stride=2,2 padding=1,1,1,1 inputShape=64,16+2,16+2,32': '14-transposed-weights',
  },
};
