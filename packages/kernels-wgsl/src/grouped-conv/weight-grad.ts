/**
 * The gradient of a grouped convolution's weights. There are few of them (a depthwise 3 x 3: nine a channel) and each sums over
 * every pixel of the batch, so that the sum is cut into parts for enough invocations to work on, and the parts added in order.
 */
import { type AdapterClass, type Candidate, candidate, slot } from '../candidate.ts';
import { type Epilogue, epilogueCost, epilogueSlots, NO_EPILOGUE } from '../epilogue.ts';
import { wgslType } from '../expression.ts';
import { tapPlace } from '../gemm/conv2d.ts';
import type { Output } from '../gemm/problem.ts';
import { type Conv2dShape, conv2dBuffers, conv2dCost, conv2dSizes } from '../gemm/shape.ts';
import { addParts, INVOCATIONS } from '../gemm/split-k.ts';
import { resultBindings, storeFunction } from '../gemm/store.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel, paragraph } from '../kernel.ts';
import { groupConstants, type Lanes, laneNote, quads, SINGLE } from './lanes.ts';

const FAMILY = 'grouped-conv2d-weight-grad';

/** Inputs x, dy (like y); output dw (like w). The epilogue's columns are w's output channels. */
export function groupedConv2dWeightGradCandidates(
  shape: Conv2dShape,
  epilogue: Epilogue,
  adapter: AdapterClass,
): Candidate[] {
  const operands = epilogueSlots(epilogue);
  const inputs = [slot.input(0), slot.input(1)];
  const output = outputOf(shape, 'dw', 1);
  const whole = (name: string, idea: string, lanes: Lanes) =>
    candidate(name, idea, () => {
      const kernel = groupedConv2dWeightGrad({ name, idea, shape, output, epilogue, lanes, parts: 1 });
      return { stages: [{ kernel, slots: [...inputs, ...operands, slot.output(0)] }] };
    });
  const four = quads(shape);
  const lanes = four ?? SINGLE;
  const size = conv2dSizes(shape).w;
  const parts = partsFor(shape, size / lanes.y, INVOCATIONS[adapter]);
  const split = candidate('2-split', SPLIT_IDEA, () => {
    const partial = outputOf(shape, 'parts', parts);
    const first = groupedConv2dWeightGrad({
      ...{ name: '2-split', idea: SPLIT_IDEA, shape, output: partial },
      ...{ epilogue: NO_EPILOGUE, lanes, parts },
    });
    const sum = { family: FAMILY, rows: output.rows, columns: shape.outChannels, output, epilogue };
    return {
      temps: [parts * size],
      stages: [
        { kernel: first, slots: [...inputs, slot.temp(0)] },
        { kernel: addParts(sum, parts), slots: [slot.temp(0), ...operands, slot.output(0)] },
      ],
    };
  });
  return [
    ...(parts > 1 ? [split] : []),
    ...(four ? [whole('1-vec4', VEC4_IDEA, four)] : []),
    whole('0-naive', 'An invocation computes one element of dw, and walks every pixel of the batch for it.', SINGLE),
  ];
}

const VEC4_IDEA =
  'An invocation computes four neighbouring output channels of dw: the pixels are walked, and the edges tested, once for all ' +
  'four, and a load of dy feeds four multiply-adds.';
const SPLIT_IDEA =
  'Each of several invocations sums a part of the rows of the batch, and a second dispatch adds the parts in order. Without ' +
  'it a depthwise 3 x 3 over 64 channels is work for 144 invocations, which leaves any adapter idle but a CPU.';

const outputOf = (shape: Conv2dShape, name: string, parts: number): Output => ({
  name,
  rows: (parts * conv2dSizes(shape).w) / shape.outChannels,
  epilogueColumns: shape.outChannels,
});

/** Parts so that `elements` of each become at least `wanted` invocations, none of them without a row. */
function partsFor({ batch, outHeight }: Conv2dShape, elements: number, wanted: number): number {
  const rows = batch * outHeight;
  return Math.ceil(rows / Math.ceil(rows / Math.min(rows, Math.ceil(wanted / elements))));
}

interface Sum {
  name: string;
  idea: string;
  shape: Conv2dShape;
  output: Output;
  epilogue: Epilogue;
  lanes: Lanes;
  parts: number;
}

function groupedConv2dWeightGrad({ name, idea, shape, output, epilogue, lanes, parts }: Sum): Kernel {
  const rows = shape.batch * shape.outHeight;
  const { w, x, y } = conv2dSizes(shape);
  const extra = epilogueCost(epilogue, w);
  const type = wgslType('f32', lanes.y);
  return defineKernel({
    name: `${FAMILY}/${name}`,
    about: [
      `dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, ${tapPlace(shape)}, co's group's ci] * dy[i, oh, ow, co]:`,
      `${conv2dBuffers(shape)}, dw like w, dy like y.`,
      ...paragraph(idea),
      laneNote(shape, lanes),
      ...(parts > 1
        ? [`parts [${parts}, ...w's shape]: part p sums rows p * STEPS and on of the batch's ${rows}.`]
        : []),
    ],
    constants: {
      ...groupConstants(shape, lanes),
      SIZE: w / lanes.y,
      PARTS: parts,
      STEPS: Math.ceil(rows / parts),
      ROWS: rows,
    },
    bindings: [
      { name: 'x', type: wgslType('f32', lanes.x), access: 'read' },
      { name: 'dy', type, access: 'read' },
      ...resultBindings(output, epilogue, lanes.y),
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid((parts * w) / lanes.y),
    declarations: storeFunction(output, epilogue, lanes.y),
    main: `
${FLAT_INDEX}
if (i >= SIZE * PARTS) { return; }
let co = i % CO;
let ci = i / CO % INPUTS;
let kw = i / (CO * INPUTS) % KW;
let kh = i / (CO * INPUTS * KW) % KH;
let part = i / SIZE;
let channel = co / OUTPUTS * INPUTS + ci;
var sum = ${type}();
for (var o = part * STEPS; o < min(ROWS, part * STEPS + STEPS); o++) {
  let ih = o % OH * SY + kh * DY - PT; // wraps to a huge number above the image
  if (ih >= H) { continue; }
  let row = (o / OH * H + ih) * W;
  for (var ow = 0u; ow < OW; ow++) {
    let iw = ow * SX + kw * DX - PL;
    if (iw >= W) { continue; }
    sum += x[(row + iw) * CI + channel] * dy[(o * OW + ow) * CO + co];
  }
}
store(i, sum);`,
    cost: {
      flops: conv2dCost(shape).flops + extra.flops,
      bytes: 4 * (x + y + parts * w) + extra.bytes,
    },
  });
}
