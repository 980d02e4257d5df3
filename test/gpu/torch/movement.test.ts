/** Ops that move elements against PyTorch's (`movement.safetensors`): outputs and gradients. */
import { grad } from '@ganvas/autograd';
import {
  arange,
  concat,
  embedding,
  expandDims,
  eye,
  flip,
  gather,
  gatherElements,
  indexAdd,
  linspace,
  matmul,
  mul,
  oneHot,
  type PadOptions,
  type PadWidth,
  pad,
  type Range,
  roll,
  scatterAdd,
  slice,
  split,
  squeeze,
  stack,
  sum,
  type Tensor,
  tensor,
  tril,
  triu,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectLikeTorch, openFixture } from './compare.ts';

interface Attrs extends PadOptions {
  axes: number[];
  axis: number;
  depth: number;
  k: number;
  ranges: Range[];
  shifts: number[];
  sizes: number[];
  widths: PadWidth[];
}

interface Case {
  name: string;
  op: string;
  attrs: Attrs;
  inputs: string[];
  gradients: string[];
}

const OPS: Record<string, (inputs: Tensor[], attrs: Attrs) => Tensor> = {
  slice: ([x], { ranges }) => slice(x!, ranges),
  flip: ([x], { axes }) => flip(x!, axes),
  roll: ([x], { shifts, axes }) => roll(x!, shifts, axes),
  split: ([x], { sizes, axis }) =>
    concat(
      split(x!, sizes, axis).map((t, i) => mul(t, i + 1)),
      axis,
    ),
  squeeze: ([x]) => squeeze(x!),
  expandDims: ([x], { axes }) => expandDims(x!, axes),
  pad: ([x], { widths, mode, value }) => pad(x!, widths, { mode, value }),
  concat: (parts, { axis }) => concat(parts, axis),
  stack: (parts, { axis }) => stack(parts, axis),
  gather: ([x, indices], { axis }) => gather(x!, indices!, axis),
  gatherElements: ([x, indices], { axis }) => gatherElements(x!, indices!, axis),
  scatterAdd: ([x, u, indices], { axis }) => scatterAdd(x!, indices!, u!, axis),
  indexAdd: ([x, u, indices], { axis }) => indexAdd(x!, indices!, u!, axis),
  embedding: ([x, indices]) => embedding(x!, indices!),
  oneHot: ([x, indices], { depth }) => matmul(oneHot(indices!, depth), x!),
  tril: ([x], { k }) => tril(x!, k),
  triu: ([x], { k }) => triu(x!, k),
  eye: () => eye(4, 6),
  arange: () => arange(-1.5, 2, 0.3),
  linspace: () => linspace(-3, 7.5, 33),
};

useDevice();
const fixture = openFixture('movement');
const cases = fixture.about.cases as Case[];

it('has a case for each of our ops', () => {
  expect([...new Set(cases.map((c) => c.op))].sort()).toEqual(Object.keys(OPS).sort());
});

it.each(cases)('$name', async ({ name, op, attrs, inputs: keys, gradients: wanted }) => {
  const load = (key: string): Tensor => {
    const { data, shape } = fixture.tensors[`${name}.${key}`]!;
    return tensor(data, shape);
  };
  const inputs = keys.map(load);
  const y = OPS[op]!(inputs, attrs);
  await expectLikeTorch(fixture, `${name}.y`, y, 'forward');
  if (wanted.length === 0) return;
  const wrt = wanted.map((key) => inputs[keys.indexOf(key.slice(1))]!);
  const gradients = grad(sum(mul(y, load('dy'))), wrt);
  for (const [i, key] of wanted.entries()) await expectLikeTorch(fixture, `${name}.${key}`, gradients[i]!, 'gradient');
});
