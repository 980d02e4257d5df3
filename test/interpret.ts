/**
 * Programs in float64, node by node, as their definitions say: elementwise ops by their expressions, kernels by their references.
 * What the engine computes is compared with this.
 */
import {
  type Conv2dShape,
  conv2dInputGradReference,
  conv2dReference,
  conv2dWeightGradReference,
  contiguousStrides,
  evaluate,
  matmulReference,
  momentsReference,
  operand,
  placeIn,
  reduceReference,
  sizeOf,
} from '@ganvas/kernels-wgsl';
