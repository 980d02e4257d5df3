/** The GEMM core in the catalogue: matrix product, convolution and its two gradients. */
import type { AdapterClass, Candidate } from '../candidate.ts';
import { type Epilogue, NO_EPILOGUE } from '../epilogue.ts';
import {
  type Conv2dShape,
  conv2dCandidates,
  conv2dCost,
  conv2dInputGradCandidates,
  conv2dInputGradReference,
  conv2dReference,
  conv2dSizes,
  conv2dWeightGradCandidates,
  conv2dWeightGradReference,
  matmulBatch,
  matmulCandidates,
  matmulReference,
  matmulSizes,
} from '../gemm/index.ts';
import {
  groupedConv2dCandidates,
  groupedConv2dInputGradCandidates,
  groupedConv2dWeightGradCandidates,
} from '../grouped-conv/index.ts';
import { MAX_WORKGROUPS } from '../kernel.ts';
import { sizeOf } from '../view.ts';
import { type KernelFamily, kernelFamily } from './family.ts';
import { count, type Four, flag, fourAxes, perAxis, perSide, shape } from './field.ts';

const CONV_FIELDS = {
  x: fourAxes('BATCHxHEIGHTxWIDTHxINCHANNELS'),
  w: fourAxes('KERNELHEIGHTxKERNELWIDTHxINCHANNELSxOUTCHANNELS'),
  stride: perAxis,
  padding: perSide,
  dilation: perAxis,
};
/** Those of a convolution in groups of channels. */
const GROUPED_FIELDS = { ...CONV_FIELDS, groups: count };
/** The discriminator's second convolution, and the generator's third layer, which is its input gradient. */
const INNER_LAYER = 'x=64x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1';
/** The discriminator's first, and the generator's last. */
const IMAGE_LAYER = 'x=64x28x28x1,w=4x4x1x64';
/** Each channel on its own, as between the pointwise convolutions of a separable layer. */
const DEPTHWISE = 'x=64x14x14x64,w=3x3x1x64,stride=1,padding=1,dilation=1,groups=64';

interface ConvFields {
  x: Four;
  w: Four;
  stride: [number, number];
  padding: Four;
  dilation: [number, number];
  groups?: number;
}

function conv2dShape({ x, w, stride, padding, dilation, groups = 1 }: ConvFields): Conv2dShape | string {
  const [batch, height, width, inChannels] = x;
  const [kernelHeight, kernelWidth, expected, outChannels] = w;
  const [top, bottom, left, right] = padding;
  if (expected * groups !== inChannels) {
    const each = groups > 1 ? ` (${groups} groups of ${expected})` : '';
    return `w expects ${expected * groups} input channels${each}, x has ${inChannels}`;
  }
  if (outChannels % groups !== 0) return `${groups} groups do not divide the ${outChannels} output channels of w`;
  const [spreadHeight, spreadWidth] = [(kernelHeight - 1) * dilation[0] + 1, (kernelWidth - 1) * dilation[1] + 1];
  const outHeight = Math.floor((height + top + bottom - spreadHeight) / stride[0]) + 1;
  const outWidth = Math.floor((width + left + right - spreadWidth) / stride[1]) + 1;
  if (outHeight < 1 || outWidth < 1)
    return `the kernel, ${spreadHeight}x${spreadWidth}, is larger than the padded image, ${height + top + bottom}x${width + left + right}`;
  return {
    ...{ batch, height, width, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth },
    ...{ strideY: stride[0], strideX: stride[1], padTop: top, padLeft: left },
    ...{ dilationY: dilation[0], dilationX: dilation[1], groups },
  };
}

type Tensor = 'x' | 'w' | 'y';

/** Multiply-adds that plain loops do in about a second. */
const CHEAP = 5e8;

/** The first image's result needs the first image only; the weights' gradient needs the whole batch. */
function affordable(conv: Conv2dShape, writes: Tensor): Conv2dShape | null {
  const part = writes === 'w' ? conv : { ...conv, batch: 1 };
  return conv2dCost(part).flops / 2 <= CHEAP ? part : null;
}

interface ConvDeclaration extends Pick<KernelFamily, 'name' | 'about' | 'shapes'> {
  /** Default CONV_FIELDS. */
  fields?: typeof CONV_FIELDS | typeof GROUPED_FIELDS;
}

/** @param reads two of a convolution's tensors, @param writes the third: each as large as its gradient */
const convFamily = (
  { name, about, shapes, fields = CONV_FIELDS }: ConvDeclaration,
  [first, second]: [Tensor, Tensor],
  writes: Tensor,
  candidates: (shape: Conv2dShape, epilogue: Epilogue, adapter: AdapterClass) => Candidate[],
  reference: (shape: Conv2dShape, a: ArrayLike<number>, b: ArrayLike<number>) => Float64Array,
): KernelFamily =>
  kernelFamily({
    name,
    about,
    shapes,
    fields,
    answer: (fields: ConvFields) => {
      const conv = conv2dShape(fields);
      if (typeof conv === 'string') return conv;
      const sizes = conv2dSizes(conv);
      return {
        inputs: [sizes[first], sizes[second]],
        outputs: [sizes[writes]],
        candidates: (adapter) => candidates(conv, NO_EPILOGUE, adapter),
        cost: conv2dCost(conv),
        reference: ([a, b]) => {
          const part = affordable(conv, writes);
          return part && reference(part, a!, b!);
        },
      };
    },
  });

export const conv2d = convFamily(
  {
    name: 'conv2d',
    about: 'convolution of x [NHWC] with w [HWIO]', // A small batch has too few tiles for a GPU.
    shapes: [INNER_LAYER, 'x=8x14x14x64'],
  },
  ['x', 'w'],
  'y',
  conv2dCandidates,
  conv2dReference,
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
  conv2dInputGradReference,
);

export const conv2dWeightGrad = convFamily(
  { name: 'conv2d-weight-grad', about: "gradient of a convolution's w", shapes: [INNER_LAYER] },
  ['x', 'y'],
  'w',
  conv2dWeightGradCandidates,
  conv2dWeightGradReference,
);

export const groupedConv2d = convFamily(
  {
    name: 'grouped-conv2d',
    about: 'convolution in groups of channels, depthwise included',
    shapes: [DEPTHWISE],
    fields: GROUPED_FIELDS,
  },
  ['x', 'w'],
  'y',
  groupedConv2dCandidates,
  conv2dReference,
);

export const groupedConv2dInputGrad = convFamily(
  {
    name: 'grouped-conv2d-input-grad',
    about: "gradient of a grouped convolution's x",
    shapes: [DEPTHWISE],
    fields: GROUPED_FIELDS,
  },
  ['y', 'w'],
  'x',
  groupedConv2dInputGradCandidates,
  conv2dInputGradReference,
);

export const groupedConv2dWeightGrad = convFamily(
  {
    name: 'grouped-conv2d-weight-grad',
    about: "gradient of a grouped convolution's w",
    shapes: [DEPTHWISE],
    fields: GROUPED_FIELDS,
  },
  ['x', 'y'],
  'w',
  groupedConv2dWeightGradCandidates,
  conv2dWeightGradReference,
);

export const matmul = kernelFamily({
  name: 'matmul',
  about: 'c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch',
  fields: { m: count, n: count, k: count, transposeA: flag, transposeB: flag, batchA: shape, batchB: shape },
  // The generator's first layer; and a small result of long sums.
  shapes: ['m=64,n=6272,k=100,transposeA=false,transposeB=false,batchA=1,batchB=1', 'n=64,k=6272'],
  answer: (product) => {
    const misfit = batchMisfit(product.batchA, product.batchB);
    if (misfit) return misfit;
    const { a, b, c } = matmulSizes(product);
    return {
      inputs: [a, b],
      outputs: [c],
      candidates: (adapter) => matmulCandidates(product, NO_EPILOGUE, adapter),
      cost: { flops: 2 * c * product.k, bytes: 4 * (a + b + c) },
      // Its first rows need the first rows of a, which lie apart where a is transposed or one of a batch.
      reference: (inputs) => {
        const { m, n, k, transposeA } = product;
        const whole = transposeA || c > m * n;
        const rows = whole ? m : Math.min(m, 64, Math.floor(CHEAP / (n * k)));
        const affordable = rows > 0 && (whole ? c * k : rows * n * k) <= CHEAP;
        return affordable ? matmulReference({ ...product, m: rows }, inputs[0]!, inputs[1]!) : null;
      },
    };
  },
});

function batchMisfit(a: readonly number[], b: readonly number[]): string | null {
  const axis = a.findIndex((d, i) => {
    const other = b[i - a.length + b.length] ?? 1;
    return d !== 1 && other !== 1 && d !== other;
  });
  if (axis >= 0) return `batches ${a.join('x')} and ${b.join('x')} do not broadcast`;
  const count = sizeOf(matmulBatch({ batchA: a, batchB: b }));
  return count > MAX_WORKGROUPS ? `${count} products in one batch; expected at most ${MAX_WORKGROUPS}` : null;
}
