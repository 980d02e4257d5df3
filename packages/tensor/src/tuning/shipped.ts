/**
 * The rungs that come with the package, where an adapter's measurements speak against its order: by kind of adapter, then by
 * tuning key. Written by `npm run tune -- --ship`.
 */
import type { RungTable } from './choices.ts';

// biome-ignore format: written by a program, a key a line
export const SHIPPED: Readonly<Record<string, RungTable>> = {
  'llvmpipe, robustness off': {
    'conv2dInputGrad [64,7,7,128] [4,4,64,128] stride=2,2 padding=1,1,1,1 inputShape=64,16+2,16+2,64': '10-subgroup',
    'conv2dInputGrad [64,7,7,64] [4,4,32,64] stride=2,2 padding=1,1,1,1 inputShape=64,16+2,16+2,32': '10-subgroup',
    'conv2dWeightGrad [64,32,32,1] [64,16+2,16+2,16] stride=2,2 padding=1,1,1,1 weightShape=4,4,1,16': '3-vec4',
    'conv2dWeightGrad [64,32,32,1] [64,16+2,16+2,32] stride=2,2 padding=1,1,1,1 weightShape=4,4,1,32': '10-subgroup',
    'conv2dWeightGrad [64,32,32,1] [64,16+2,16+2,64] stride=2,2 padding=1,1,1,1 weightShape=4,4,1,64': '10-subgroup',
    'matmul [64,1] [2048,1] transposeA=false transposeB=true': '4-wide-tile',
    'matmul [64,2048] [2048,1] transposeA=false transposeB=false': '4-wide-tile',
    'matmul [64,2048] [64,1] transposeA=true transposeB=false': '3-vec4',
    'matmul [64,4096] [4096,1] transposeA=false transposeB=false': '3-vec4',
    'matmul [64,8192] [8192,1] transposeA=false transposeB=false': '4-wide-tile',
    'sum [64,16+2,16+2,16] axes=0,1,2 keepDims=false': '2-four-chains',
    'sum [64,16+2,16+2,32] axes=0,1,2 keepDims=false': '2-four-chains',
    'sum [64,16+2,16+2,64] axes=0,1,2 keepDims=false': '2-four-chains',
    'sum [64,1] axes=0 keepDims=false': '4-workgroup-tree',
    'sum [64,32,32,1] axes=0,1,2 keepDims=false': '5-subgroup-tree',
    'sum [64,7,7,128] axes=0,1,2 keepDims=false': '2-four-chains',
    'sum [64,7,7,32] axes=0,1,2 keepDims=false': '2-four-chains',
    'sum [64,7,7,64] axes=0,1,2 keepDims=false': '2-four-chains',
  },
  'swiftshader, robustness off': {
    'conv2d [64,32,32,1] [4,4,1,32] stride=2,2 padding=1,1,1,1': '4-wide-tile',
    'conv2dInputGrad [64,7,7,64] [4,4,32,64] stride=2,2 padding=1,1,1,1 inputShape=64,16+2,16+2,32': '14-transposed-weights',
    'matmul [64,1] [4096,1] transposeA=false transposeB=true': '4-wide-tile',
    'matmul [64,1] [8192,1] transposeA=false transposeB=true': '4-wide-tile',
    'matmul [64,2048] [2048,1] transposeA=false transposeB=false': '3-vec4',
    'matmul [64,4096] [4096,1] transposeA=false transposeB=false': '3-vec4',
    'matmul [64,8192] [8192,1] transposeA=false transposeB=false': '4-wide-tile',
    'sum [64,16+2,16+2,32] axes=0,1,2 keepDims=false': '2-four-chains',
    'sum [64,7,7,128] axes=0,1,2 keepDims=false': '3-chunked',
  },
};
