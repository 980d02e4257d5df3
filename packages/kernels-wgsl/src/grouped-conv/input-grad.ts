/** The gradient of a grouped convolution's input, which is the grouped transposed convolution. */
import { type Candidate, candidate, slot } from '../candidate.ts';
import { type Epilogue, epilogueCost, epilogueSlots } from '../epilogue.ts';
import { wgslType } from '../expression.ts';
import { tapPlace } from '../gemm/conv2d.ts';
import { eachReachingTap, firstReaching, tapConstants } from '../gemm/conv2d-taps.ts';
import type { Output } from '../gemm/problem.ts';
import { type Conv2dShape, conv2dBuffers, conv2dCost, conv2dSizes } from '../gemm/shape.ts';
import { resultBindings, storeFunction } from '../gemm/store.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel, paragraph } from '../kernel.ts';
import { groupConstants, type Lanes, laneNote, quads, SINGLE } from './lanes.ts';

/** Inputs dy (like y), w; output dx (like x). The epilogue's columns are x's channels. */
export function groupedConv2dInputGradCandidates(shape: Conv2dShape, epilogue: Epilogue): Candidate[] {
  const operands = epilogueSlots(epilogue);
  const rung = (name: string, idea: string, lanes: Lanes) =>
    candidate(name, idea, () => {
      const kernel = groupedConv2dInputGrad(name, idea, shape, epilogue, lanes);
      return { stages: [{ kernel, slots: [slot.input(0), slot.input(1), ...operands, slot.output(0)] }] };
    });
  const four = quads(shape);
  return [
    ...(four ? [rung('1-vec4', VEC4_IDEA, four)] : []),
    rung(
      '0-naive',
      'An invocation computes one element of dx: it visits the taps that reach its pixel, and no others, and loads an ' +
        'element of dy and one of w for each multiply-add.',
      SINGLE,
    ),
  ];
}

const VEC4_IDEA =
  'Loads bring four channels of dy and of w, which a dot product adds to one element of dx; in a depthwise convolution they ' +
  'belong to four elements of dx, and the taps are found once for all four. A quarter of the loads on every adapter.';

function groupedConv2dInputGrad(
  name: string,
  idea: string,
  shape: Conv2dShape,
  epilogue: Epilogue,
  lanes: Lanes,
): Kernel {
  const { x } = conv2dSizes(shape);
  const output: Output = { name: 'dx', rows: x / shape.inChannels, epilogueColumns: shape.inChannels };
  const cost = conv2dCost(shape);
  const extra = epilogueCost(epilogue, x);
  const read = wgslType('f32', lanes.y);
  const product = lanes.x === lanes.y ? 'dy[pixel + co] * w[tap + co]' : 'dot(dy[pixel + co], w[tap + co])';
  const addTap = `
let pixel = ((image * OH + oh) * OW + ow) * CO + c / INPUTS * OUTPUTS;
let tap = ((kh * KW + kw) * INPUTS + c % INPUTS) * CO + c / INPUTS * OUTPUTS;
for (var co = 0u; co < OUTPUTS; co++) { sum += ${product}; }`;
  return defineKernel({
    name: `grouped-conv2d-input-grad/${name}`,
    about: [
      `dx[i, ${tapPlace(shape)}, c] = sum over oh, ow, kh, kw and c's group's co of dy[i, oh, ow, co] * w[kh, kw, ci, co]:`,
      `${conv2dBuffers(shape)}, dx like x, dy like y.`,
      ...paragraph(idea),
      laneNote(shape, lanes),
    ],
    constants: { ...tapConstants(shape), ...groupConstants(shape, lanes), SIZE: x / lanes.x },
    bindings: [
      { name: 'dy', type: read, access: 'read' },
      { name: 'w', type: read, access: 'read' },
      ...resultBindings(output, epilogue, lanes.x),
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(x / lanes.x),
    declarations: firstReaching(shape) + storeFunction(output, epilogue, lanes.x),
    main: `
${FLAT_INDEX}
if (i >= SIZE) { return; }
let c = i % CI;
let at_w = i / CI % W + PL;
let at_h = i / (CI * W) % H + PT;
let image = i / (CI * W * H);
var sum = ${wgslType('f32', lanes.x)}();
${eachReachingTap(shape, addTap)}
store(i, sum);`,
    cost: { flops: cost.flops + extra.flops, bytes: cost.bytes + extra.bytes },
  });
}
