/** Elementwise ops, first and second order, against PyTorch's (`elementwise.safetensors`). */
import * as ops from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { testDerivatives } from './derivatives.ts';

useDevice();

testDerivatives('elementwise', {
  expm1: ([x]) => ops.expm1(x!),
  log1p: ([x]) => ops.log1p(x!),
  sin: ([x]) => ops.sin(x!),
  cos: ([x]) => ops.cos(x!),
  erf: ([x]) => ops.erf(x!),
  logSigmoid: ([x]) => ops.logSigmoid(x!),
  elu: ([x], { alpha }) => ops.elu(x!, alpha as number),
  selu: ([x]) => ops.selu(x!),
  silu: ([x]) => ops.silu(x!),
  gelu: ([x], attrs) => ops.gelu(x!, attrs),
  clamp: ([x], bounds) => ops.clamp(x!, bounds),
  pow: ([x, b], attrs) => ops.pow(x!, b ?? (attrs.y as number)),
  mod: ([x, b]) => ops.mod(x!, b!),
  floor: ([x]) => ops.floor(x!),
  ceil: ([x]) => ops.ceil(x!),
  round: ([x]) => ops.round(x!),
  prelu: ([x, weight]) => ops.prelu(x!, weight!),
});
