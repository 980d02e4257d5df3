/** The GEMM core in the catalogue: matrix product, convolution and its two gradients. */
import type { AdapterClass, Candidate } from '../candidate.ts';
import { type Epilogue, NO_EPILOGUE } from '../epilogue.ts';
import {
  type Conv2dShape,
  conv2dCandidates,
  conv2dInputGradCandidates,
  conv2dSizes,
  conv2dWeightGradCandidates,
  matmulCandidates,
} from '../gemm/index.ts';
import { type KernelFamily, kernelFamily } from './family.ts';
import { count, type Four, flag, fourAxes, perAxis, perSide } from './field.ts';

const CONV_FIELDS = {
  x: fourAxes('BATCHxHEIGHTxWIDTHxINCHANNELS'),
  w: fourAxes('KERNELHEIGHTxKERNELWIDTHxINCHANNELSxOUTCHANNELS'),
  stride: perAxis,
  padding: perSide,
};
/** The discriminator's second convolution, and the generator's third layer, which is its input gradient. */
const INNER_LAYER = 'x=64x14x14x64,w=4x4x64x128,stride=2,padding=1';
/** The discriminator's first, and the generator's last. */
const IMAGE_LAYER = 'x=64x28x28x1,w=4x4x1x64';

interface ConvFields {
  x: Four;
  w: Four;
  stride: [number, number];
  padding: Four;
}

function conv2dShape({ x, w, stride, padding }: ConvFields): Conv2dShape | string {
  const [batch, height, width, inChannels] = x;
  const [kernelHeight, kernelWidth, expected, outChannels] = w;
  const [top, bottom, left, right] = padding;
  if (expected !== inChannels) return `w expects ${expected} input channels, x has ${inChannels}`;
  const outHeight = Math.floor((height + top + bottom - kernelHeight) / stride[0]) + 1;
  const outWidth = Math.floor((width + left + right - kernelWidth) / stride[1]) + 1;
  if (outHeight < 1 || outWidth < 1)
    return `the kernel, ${kernelHeight}x${kernelWidth}, is larger than the padded image, ${height + top + bottom}x${width + left + right}`;
  return {
    ...{ batch, height, width, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth },
    ...{ strideY: stride[0], strideX: stride[1], padTop: top, padLeft: left },
  };
}

type Tensor = 'x' | 'w' | 'y';

/** @param reads two of a convolution's tensors, @param writes the third: each as large as its gradient */
const convFamily = (
  { name, about, shapes }: Pick<KernelFamily, 'name' | 'about' | 'shapes'>,
  [first, second]: [Tensor, Tensor],
  writes: Tensor,
  candidates: (shape: Conv2dShape, epilogue: Epilogue, adapter: AdapterClass) => Candidate[],
): KernelFamily =>
  kernelFamily({
    name,
    about,
    shapes,
    fields: CONV_FIELDS,
    answer: (fields) => {
      const conv = conv2dShape(fields);
      if (typeof conv === 'string') return conv;
      const sizes = conv2dSizes(conv);
      return {
        inputs: [sizes[first], sizes[second]],
        outputs: [sizes[writes]],
        candidates: (adapter) => candidates(conv, NO_EPILOGUE, adapter),
      };
    },
  });

export const conv2d = convFamily(
  { name: 'conv2d', about: 'convolution of x [NHWC] with w [HWIO]', shapes: [INNER_LAYER] },
  ['x', 'w'],
  'y',
  conv2dCandidates,
);

export const conv2dInputGrad = convFamily(
  {
    name: 'conv2d-input-grad',
    about: "gradient of a convolution's x, which is the transposed convolution",
    shapes: [INNER_LAYER, IMAGE_LAYER],
  },
  ['y', 'w'],
  'x',
  conv2dInputGradCandidates,
);

export const conv2dWeightGrad = convFamily(
  { name: 'conv2d-weight-grad', about: "gradient of a convolution's w", shapes: [INNER_LAYER] },
  ['x', 'y'],
  'w',
  conv2dWeightGradCandidates,
);

export const matmul = kernelFamily({
  name: 'matmul',
  about: 'c [m, n] = a [m, k] b [k, n], either transposed in memory',
  fields: { m: count, n: count, k: count, transposeA: flag, transposeB: flag },
  // The generator's first layer.
  shapes: ['m=64,n=6272,k=100,transposeA=false,transposeB=false'],
  answer: (product) => ({
    inputs: [product.m * product.k, product.k * product.n],
    outputs: [product.m * product.n],
    candidates: (adapter) => matmulCandidates(product, NO_EPILOGUE, adapter),
  }),
});
