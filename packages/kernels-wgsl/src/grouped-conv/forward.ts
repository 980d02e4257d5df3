/** Convolution in groups of channels, depthwise included: y from x and w. */
import { type Candidate, candidate, slot } from '../candidate.ts';
import { type Epilogue, epilogueCost, epilogueSlots } from '../epilogue.ts';
import { wgslType } from '../expression.ts';
import { tapPlace } from '../gemm/conv2d.ts';
import type { Output } from '../gemm/problem.ts';
import { type Conv2dShape, conv2dBuffers, conv2dCost, conv2dSizes } from '../gemm/shape.ts';
import { resultBindings, storeFunction } from '../gemm/store.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel, paragraph } from '../kernel.ts';
import { groupConstants, type Lanes, laneNote, quads, SINGLE } from './lanes.ts';

/** Inputs x, w; output y. The epilogue's columns are y's channels. */
export function groupedConv2dCandidates(shape: Conv2dShape, epilogue: Epilogue): Candidate[] {
  const operands = epilogueSlots(epilogue);
  const rung = (name: string, idea: string, lanes: Lanes) =>
    candidate(name, idea, () => {
      const kernel = groupedConv2d(name, idea, shape, epilogue, lanes);
      return { stages: [{ kernel, slots: [slot.input(0), slot.input(1), ...operands, slot.output(0)] }] };
    });
  const four = quads(shape);
  return [
    ...(four ? [rung('1-vec4', VEC4_IDEA, four)] : []),
    rung('0-naive', 'An invocation computes one element of y: a load of x and one of w for each multiply-add.', SINGLE),
  ];
}

const VEC4_IDEA =
  'An invocation computes four neighbouring channels of y. The window is walked, and its edges are tested, once for all ' +
  'four, and a load of w feeds four multiply-adds: a quarter of the loads and of the index arithmetic on every adapter.';

function groupedConv2d(name: string, idea: string, shape: Conv2dShape, epilogue: Epilogue, lanes: Lanes): Kernel {
  const { y } = conv2dSizes(shape);
  const output: Output = { name: 'y', rows: y / shape.outChannels, epilogueColumns: shape.outChannels };
  const cost = conv2dCost(shape);
  const extra = epilogueCost(epilogue, y);
  const type = wgslType('f32', lanes.y);
  return defineKernel({
    name: `grouped-conv2d/${name}`,
    about: [
      `y[i, oh, ow, co] = sum over kh, kw, ci of x[i, ${tapPlace(shape)}, co's group's ci] * w[kh, kw, ci, co]:`,
      conv2dBuffers(shape),
      ...paragraph(idea),
      laneNote(shape, lanes),
    ],
    constants: { ...groupConstants(shape, lanes), SIZE: y / lanes.y },
    bindings: [
      { name: 'x', type: wgslType('f32', lanes.x), access: 'read' },
      { name: 'w', type, access: 'read' },
      ...resultBindings(output, epilogue, lanes.y),
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(y / lanes.y),
    declarations: storeFunction(output, epilogue, lanes.y),
    main: `
${FLAT_INDEX}
if (i >= SIZE) { return; }
let co = i % CO;
let ow = i / CO % OW;
let oh = i / (CO * OW) % OH;
let image = i / (CO * OW * OH);
var sum = ${type}();
for (var kh = 0u; kh < KH; kh++) {
  let ih = oh * SY + kh * DY - PT; // wraps to a huge number above the image
  if (ih >= H) { continue; }
  for (var kw = 0u; kw < KW; kw++) {
    let iw = ow * SX + kw * DX - PL;
    if (iw >= W) { continue; }
    let pixel = ((image * H + ih) * W + iw) * CI + co / OUTPUTS * INPUTS;
    let tap = (kh * KW + kw) * INPUTS * CO + co;
    for (var ci = 0u; ci < INPUTS; ci++) { sum += x[pixel + ci] * w[tap + ci * CO]; }
  }
}
store(i, sum);`,
    cost: { flops: cost.flops + extra.flops, bytes: cost.bytes + extra.bytes },
  });
}
