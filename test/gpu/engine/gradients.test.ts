/** Every op of the table against finite differences, first and second order; a new op without a case here fails. */
import { GradientError, grad, gradcheck } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  detach,
  gatherBatch,
  mul,
  OPS,
  type OpName,
  pack,
  randomGenerator,
  randomNormal,
  randomUniform,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { GRADIENTS } from '../../../packages/autograd/src/gradients.ts';
import { showsOps } from '../../evidence.ts';
import { record } from '../../pure/compile/record.ts';
import { useDevice } from '../device.ts';
import { CASES, type Case } from './gradient-cases.ts';

useDevice();
const [showsFirst, showsSecond] = [showsOps('first'), showsOps('second')];

const drawn = ({ inputs }: Case, rng: Rng): Tensor[] =>
  inputs.map(({ shape, draw }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(
      Float32Array.from({ length: size }, () => draw(rng)),
      shape,
    );
  });

const differentiable = (Object.keys(OPS) as OpName[]).filter((name) => typeof GRADIENTS[name] === 'function');

describe.each(differentiable)('%s', (name) => {
  it('agrees with finite differences, in first and second order', async () => {
    const entry = CASES[name];
    if (!entry) throw new Error(`${name} has a gradient rule and no case in this file`);
    for (const [i, one] of [entry].flat().entries()) {
      // The case must call the op that it is for.
      const { program } = record(() => one.fn(...drawn(one, new Rng(i))));
      expect(program.nodes.map((n) => n.op.name)).toContain(name);
      const result = await gradcheck(one.fn, drawn(one, new Rng(i + 1)), { order: 2 });
      expect(result).toMatchObject({ ok: true });
    }
    showsFirst(name);
    showsSecond(name);
  });
});

describe('gradcheck', () => {
  it('finds a gradient that is wrong', async () => {
    const half = (x: Tensor) => mul(x, detach(x)); // x² with the gradient of x·c
    expect(await gradcheck(half, [tensor([1, 2])])).toMatchObject({ ok: false, worst: { order: 1, input: 0 } });
  });

  it('finds a second derivative that is wrong where the first is right', async () => {
    const flat = (x: Tensor) => sub(mul(x, detach(mul(x, 2))), detach(square(x))); // x², x ↦ 2x, and then 0
    expect(await gradcheck(flat, [tensor([1, 2])])).toMatchObject({ ok: true });
    expect(await gradcheck(flat, [tensor([1, 2])], { order: 2 })).toMatchObject({ ok: false, worst: { order: 2 } });
  });
});

const gradients = async (fn: (...xs: Tensor[]) => Tensor, inputs: Tensor[]) =>
  Promise.all(grad(sum(fn(...inputs)), inputs).map(async (g) => Array.from(await g.data())));

it('batchNorm by its rule is batchNorm by its meaning', async () => {
  const [one] = [CASES.batchNorm!].flat() as [Case];
  const weighted = (...xs: Tensor[]) =>
    mul(
      one.fn(...xs),
      tensor([
        [1, 2],
        [-1, 0.5],
        [3, 1],
        [0, 2],
        [1, 1],
      ]),
    );
  const inputs = drawn(one, new Rng(5));
  const byRule = await gradients(weighted, inputs);
  const table = GRADIENTS as { batchNorm?: (typeof GRADIENTS)['batchNorm'] };
  const rule = table.batchNorm;
  delete table.batchNorm;
  try {
    const byMeaning = await gradients(weighted, inputs);
    byRule.flat().forEach((g, i) => {
      expect(g).toBeCloseTo(byMeaning.flat()[i]!, 4);
    });
  } finally {
    table.batchNorm = rule;
  }
});

describe('ops without a derivative', () => {
  const generator = () => randomGenerator(1);
  const REFUSALS: { [N in OpName]?: () => [Tensor, Tensor] } = {
    uniform: () => {
      const g = generator();
      return [sum(randomUniform(g, [3])), g];
    },
    normal: () => {
      const g = generator();
      return [sum(randomNormal(g, [3])), g];
    },
    gatherBatch: () => {
      const data = tensor(new Uint8Array(8), [2, 4]);
      return [sum(gatherBatch(data, tensor(Uint32Array.of(1)))), data];
    },
    pack: () => {
      const x = tensor([1, 2]);
      return [sum(pack([x])), x];
    },
  };
  const refusing = (Object.keys(OPS) as OpName[]).filter((name) => GRADIENTS[name] === 'refuses');

  it.each(refusing)('%s refuses, by name', (name) => {
    const refusal = REFUSALS[name];
    if (!refusal) {
      // Only an op without outputs can do without: no loss depends on it.
      expect(OPS[name]).toHaveProperty('writes');
      return;
    }
    const [loss, x] = refusal();
    expect(() => grad(loss, [x])).toThrow(GradientError);
    expect(() => grad(loss, [x])).toThrow(`grad: ${name} has no derivative`);
  });
});
