/**
 * The input gradient for an image of few channels (a generator's last layer, a discriminator's first), whose phases would be
 * products with a column or three. Instead, one product gives what every pixel of dy sends through every tap,
 * columns [pixels of dy, KH * KW * CI] = dy transpose(w), and a second dispatch adds up what arrives at each element of dx
 * (col2im, in the words of other libraries). The sum is a gather, in a fixed order.
 */
import { type AdapterClass, type Candidate, candidate, slot } from '../candidate.ts';
import { type Epilogue, epilogueCost, epilogueSlots, NO_EPILOGUE } from '../epilogue.ts';
import { defineKernel, FLAT_INDEX, flatGrid, type Kernel, paragraph } from '../kernel.ts';
import { eachReachingTap, firstReaching, tapConstants } from './conv2d-taps.ts';
import { gemmCandidates, innerRung } from './ladder.ts';
import { matmul } from './matmul.ts';
import type { Output } from './problem.ts';
import { type Conv2dShape, conv2dBuffers, conv2dSizes } from './shape.ts';
import { resultBindings, storeFunction } from './store.ts';

/** Channels up to which the way through columns is the first to try: more fill a register tile by themselves. */
export const FEW_CHANNELS = 4;

/** Inputs dy, w; output dx. The product is by the rung that this adapter should try first. */
export function conv2dColumnsCandidate(shape: Conv2dShape, epilogue: Epilogue, adapter: AdapterClass): Candidate {
  const { kernelHeight, kernelWidth, inChannels, outChannels } = shape;
  const pixels = shape.batch * shape.outHeight * shape.outWidth;
  const window = kernelHeight * kernelWidth * inChannels;
  const product = { m: pixels, n: window, k: outChannels, transposeA: false, transposeB: true };
  const view = {
    family: 'conv2d-columns',
    about: ['columns = dy transpose(w):', `${conv2dBuffers(shape)}, dy like y, columns [${pixels}, ${window}].`],
    buffers: { a: 'dy', b: 'w', c: 'columns' },
    epilogueColumns: window,
  };
  const rungs = gemmCandidates((loads) => matmul(product, NO_EPILOGUE, view, loads), adapter);
  const first = innerRung(rungs, adapter);
  const build = () => {
    const columns = slot.temp(first.temps.length);
    const stages = first.stages.map(({ kernel, slots }) => ({
      kernel,
      slots: slots.map((s) => (s.kind === 'output' ? columns : s)),
    }));
    const operands = epilogueSlots(epilogue);
    return {
      temps: [...first.temps, pixels * window],
      stages: [...stages, { kernel: addColumns(shape, epilogue), slots: [columns, ...operands, slot.output(0)] }],
    };
  };
  return candidate('13-columns', IDEA, build, first.requires);
}

const IDEA =
  'For an image of few channels, which leave the tiles of each phase nearly empty: one product gives what every pixel of dy ' +
  'sends through every tap, and a second dispatch adds up what arrives at each element of dx. Tiles are full, for one more ' +
  'trip through memory.';

/** dx[i, h, w, ci] = sum over the taps (kh, kw) that reach (h, w) of columns[pixel of dy, kh, kw, ci]. */
function addColumns(shape: Conv2dShape, epilogue: Epilogue): Kernel {
  const { kernelHeight, kernelWidth, inChannels } = shape;
  const { x, y } = conv2dSizes(shape);
  const elements = (y / shape.outChannels) * kernelHeight * kernelWidth * inChannels;
  const output: Output = { name: 'dx', rows: x / inChannels, epilogueColumns: inChannels };
  const extra = epilogueCost(epilogue, x);
  return defineKernel({
    name: 'conv2d-columns/add-columns',
    about: [
      'dx[i, h, w, ci] = sum over the taps that reach (h, w) of columns[i, oh, ow, kh, kw, ci]:',
      conv2dBuffers(shape),
      ...paragraph(IDEA),
    ],
    constants: { ...tapConstants(shape), SIZE: x },
    bindings: [{ name: 'columns', type: 'f32', access: 'read' }, ...resultBindings(output, epilogue, 1)],
    workgroupSize: [64, 1, 1],
    workgroups: flatGrid(x),
    declarations: firstReaching(shape) + storeFunction(output, epilogue, 1),
    main: `
${FLAT_INDEX}
if (i >= SIZE) { return; }
let ci = i % CI;
let at_w = i / CI % W + PL;
let at_h = i / (CI * W) % H + PT;
let image = i / (CI * W * H);
var sum = 0.0f;
${eachReachingTap(shape, 'sum += columns[((((image * OH + oh) * OW + ow) * KH + kh) * KW + kw) * CI + ci];')}
store(i, sum);`,
    cost: { flops: elements + extra.flops, bytes: 4 * (elements + x) + extra.bytes },
  });
}
