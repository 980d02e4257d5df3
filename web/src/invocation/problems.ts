/** The problems that one steps through: each family at a size that a screen can show, and how its buffers are drawn as matrices. */
import { CATALOGUE, type Candidate, type KernelProblem, type Slot } from '@ganvas/kernels-wgsl';
import { type Interpreter, interpreter } from './interpret.ts';
import { NotInterpreted } from './value.ts';

export interface Problem {
  family: string;
  title: string;
  /** A shape text of the family. */
  shape: string;
  /** Of each buffer what it is, `[8, 8]`, and how many numbers a row of its drawing has. */
  inputs: readonly Layout[];
  outputs: readonly Layout[];
}

export interface Layout {
  what: string;
  columns: number;
}

const CONV = 'x=1x4x4x4,w=3x3x4x4,stride=1,padding=1,dilation=1';
const STRIDED = 'x=1x6x6x4,w=4x4x4x4,stride=2,padding=1,dilation=1';
const NINE_TAPS: Layout = { what: '[3, 3, 4, 4]: a row is a tap and an input channel', columns: 4 };

export const PROBLEMS: readonly Problem[] = [
  {
    family: 'matmul',
    title: 'Matrix product, 8 × 8',
    shape: 'm=8,n=8,k=8',
    inputs: [
      { what: '[8, 8]', columns: 8 },
      { what: '[8, 8]', columns: 8 },
    ],
    outputs: [{ what: '[8, 8]', columns: 8 }],
  },
  {
    family: 'conv2d',
    title: 'Convolution, 3 × 3 over a 4 × 4 image of 4 channels',
    shape: CONV,
    inputs: [{ what: '[4, 4, 4]: a row of pixels, 4 channels each', columns: 16 }, NINE_TAPS],
    outputs: [{ what: '[4, 4, 4]', columns: 16 }],
  },
  {
    family: 'conv2d-input-grad',
    title: 'Transposed convolution, 4 × 4, stride 2',
    shape: STRIDED,
    inputs: [
      { what: '[3, 3, 4]: a row of pixels, 4 channels each', columns: 12 },
      { what: '[4, 4, 4, 4]: a row is a tap', columns: 16 },
    ],
    outputs: [{ what: '[6, 6, 4]', columns: 24 }],
  },
  {
    family: 'conv2d-weight-grad',
    title: 'Weight gradient of the 3 × 3 convolution',
    shape: CONV,
    inputs: [
      { what: '[4, 4, 4]: a row of pixels, 4 channels each', columns: 16 },
      { what: '[4, 4, 4]', columns: 16 },
    ],
    outputs: [{ ...NINE_TAPS, what: '[3, 3, 4, 4]: a row is a tap and an input channel' }],
  },
  {
    family: 'reduce-sum',
    title: 'Sum of each row, 8 × 16',
    shape: 'x=8x16,axes=1',
    inputs: [{ what: '[8, 16]', columns: 16 }],
    outputs: [{ what: '[8]', columns: 1 }],
  },
  {
    family: 'moments',
    title: 'Mean and variance of 8 channels, batch normalisation’s',
    shape: 'rows=16,channels=8',
    inputs: [{ what: '[16, 8]', columns: 8 }],
    outputs: [
      { what: '[8]', columns: 8 },
      { what: '[8]', columns: 8 },
    ],
  },
  {
    family: 'softmax',
    title: 'Softmax of each row, 4 × 16',
    shape: 'x=4x16,axis=1,log=false',
    inputs: [{ what: '[4, 16]', columns: 16 }],
    outputs: [{ what: '[4, 16]', columns: 16 }],
  },
  {
    family: 'scan',
    title: 'Cumulative sums of each row, 4 × 16',
    shape: 'x=4x16,axis=1',
    inputs: [{ what: '[4, 16]', columns: 16 }],
    outputs: [{ what: '[4, 16]', columns: 16 }],
  },
  {
    family: 'map',
    title: 'A fused chain, relu(a · b + c)',
    shape: 'a=4x16,b=16,c=16',
    inputs: [
      { what: '[4, 16]', columns: 16 },
      { what: '[16]', columns: 16 },
      { what: '[16]', columns: 16 },
    ],
    outputs: [{ what: 'relu(a · b + c)', columns: 16 }],
  },
  {
    family: 'adam',
    title: 'Adam, 16 parameters',
    shape: 'size=16',
    inputs: [
      { what: 'the parameters', columns: 16 },
      { what: 'mean of gradients', columns: 16 },
      { what: 'mean of their squares', columns: 16 },
      { what: 'the gradient', columns: 16 },
      { what: 'step and rate', columns: 2 },
    ],
    outputs: [],
  },
];

/** How a dispatch's buffer is drawn: scratch memory in rows of 16. */
export const layoutOf = ({ inputs, outputs }: Problem, { kind, index }: Slot): Layout =>
  (kind === 'input' ? inputs[index] : kind === 'output' ? outputs[index] : undefined) ?? {
    what: 'scratch memory, between two dispatches',
    columns: 16,
  };

export interface Offer {
  candidate: Candidate;
  /** One a dispatch. */
  interpreters: readonly Interpreter[];
}

export interface Offers {
  problem: KernelProblem;
  offers: readonly Offer[];
  /** The rungs that cannot be interpreted, and why. */
  refused: readonly { name: string; why: string }[];
}

/** A family's rungs at the problem's size, from naive up, split into those that one can step through and the others. */
export function offersOf({ family, shape }: Problem): Offers {
  const found = CATALOGUE.find(({ name }) => name === family);
  if (!found) throw new Error(`offersOf: the catalogue has no ${family}`);
  const problem = found.problem(shape);
  // Its candidates of every class of adapter: each class leaves some rungs out.
  const all = new Map(
    (['gpu', 'llvmpipe', 'swiftshader'] as const).flatMap((a) => problem.candidates(a)).map((c) => [c.name, c]),
  );
  const rungs = [...all.values()].sort((a, b) => Number.parseInt(a.name, 10) - Number.parseInt(b.name, 10));
  const offers: Offer[] = [];
  const refused: { name: string; why: string }[] = [];
  for (const candidate of rungs) {
    try {
      offers.push({ candidate, interpreters: candidate.stages.map(({ kernel }) => interpreter(kernel)) });
    } catch (error) {
      if (!(error instanceof NotInterpreted)) throw error;
      refused.push({ name: candidate.name, why: error.message });
    }
  }
  return { problem, offers, refused };
}
