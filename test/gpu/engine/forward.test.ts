/** Every op of the table against float64, by the interpreter: a new op without a case fails. */
import { Rng } from '@ganvas/kernels-wgsl';
import {
  adamUpdate,
  assign,
  cast,
  ceil,
  detach,
  equal,
  isFinite as finite,
  floor,
  full,
  gatherBatch,
  greater,
  greaterEqual,
  less,
  lessEqual,
  linspace,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  mul,
  isNaN as nan,
  notEqual,
  OPS,
  type OpName,
  pack,
  randomGenerator,
  randomInteger,
  randomNormal,
  randomUniform,
  round,
  sign,
  state,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { showsOps } from '../../evidence.ts';
import { type Contents, interpret } from '../../interpreter.ts';
import { record } from '../../pure/compile/record.ts';
import { useDevice } from '../device.ts';
import { expectClose } from '../rig.ts';
import { CASES, type Case } from './gradient-cases.ts';

useDevice();
const shows = showsOps('forward');

/** Numbers of either sign, whole and half ones among them. */
const some = () => tensor([-2.5, -1, -0.5, 0, 0.25, 0.5, 1.5, 3]);
const others = () => tensor([-2.5, 1, 0.5, 0, -0.25, 0.75, 1, 3]);
const mask = () => tensor([1, 0, 1, 0, 0, 1, 1, 0]);
const masks = () => tensor([1, 1, 0, 0, 1, 1, 0, 0]);
const f32State = (count: number) => state(new Rng(count).normals(count));

/** Ops without a gradient to check: what to call. Inputs are made outside, as they must not be part of the program. */
const FORWARD: { [N in OpName]?: () => () => Tensor } = {
  sign: () => unary(sign),
  floor: () => unary(floor),
  ceil: () => unary(ceil),
  round: () => unary(round),
  isNaN: () => unary(nan),
  isFinite: () => unary(finite),
  detach: () => unary((x) => mul(detach(x), 2)),
  greater: () => binary(greater),
  greaterEqual: () => binary(greaterEqual),
  less: () => binary(less),
  lessEqual: () => binary(lessEqual),
  equal: () => binary(equal),
  notEqual: () => binary(notEqual),
  logicalAnd: () => logical(logicalAnd),
  logicalOr: () => logical(logicalOr),
  logicalXor: () => logical(logicalXor),
  logicalNot: () => {
    const x = mask();
    return () => logicalNot(x);
  },
  toI32: () => unary((x) => cast(x, 'i32')),
  toU32: () => {
    const x = tensor([0, 0.9, 1.5, 7]);
    return () => cast(x, 'u32');
  },
  toF32: () => {
    const x = tensor(Int32Array.of(-3, 0, 5));
    return () => cast(x, 'f32');
  },
  fill: () => () => full([3], 2.5),
  linspace: () => () => linspace(-1, 2, 7),
  uniform: () => drawn((g) => randomUniform(g, [33])),
  normal: () => drawn((g) => randomNormal(g, [33])),
  integer: () => drawn((g) => randomInteger(g, [33], 10)),
  advance: () => {
    const g = randomGenerator(3);
    return () => {
      randomUniform(g, [5]);
      return g;
    };
  },
  gatherBatch: () => {
    const [images, indices] = [
      tensor(
        Uint8Array.from({ length: 24 }, (_, i) => 10 * i),
        [4, 6],
      ),
      tensor(Uint32Array.of(2, 0)),
    ];
    return () => gatherBatch(images, indices);
  },
  assign: () => {
    const [s, x] = [f32State(8), some()];
    return () => {
      assign(s, mul(x, 2));
      return s;
    };
  },
  adam: () => {
    const [p, m, v, g] = [f32State(9), f32State(9), state(new Float32Array(9).fill(0.5)), f32State(9)];
    const hyper = tensor([3, 0.01]);
    return () => {
      adamUpdate(p, m, v, g, hyper, { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 });
      return p;
    };
  },
  pack: () => {
    const [x, y] = [some(), tensor([1, 2])];
    return () => pack([x, y]);
  },
};

function unary(op: (x: Tensor) => Tensor) {
  const x = some();
  return () => op(x);
}
function binary(op: (x: Tensor, y: Tensor) => Tensor) {
  const [x, y] = [some(), others()];
  return () => op(x, y);
}
function logical(op: (x: Tensor, y: Tensor) => Tensor) {
  const [x, y] = [mask(), masks()];
  return () => op(x, y);
}
function drawn(draw: (generator: Tensor) => Tensor) {
  const generator = randomGenerator(7);
  return () => draw(generator);
}

function prepared(name: OpName): (() => Tensor)[] {
  const own = FORWARD[name];
  if (own) return [own()];
  const cases = CASES[name];
  if (!cases) throw new Error(`${name} has no case in this file, nor one for its gradient`);
  return [cases].flat().map(({ fn, inputs }: Case, i) => {
    const rng = new Rng(i + 1);
    const tensors = inputs.map(({ shape, draw }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return tensor(
        Float32Array.from({ length: size }, () => draw(rng)),
        shape,
      );
    });
    return () => fn(...tensors);
  });
}

const names = Object.keys(OPS) as OpName[];

it.each(names)('%s', async (name) => {
  if (name === 'toF16') return; // storage in half precision, where an adapter has it: f16.test.ts
  for (const compute of prepared(name)) {
    const recording = record(compute);
    expect(recording.program.nodes.map((n) => n.op.name)).toContain(name);
    const before = new Map<number, ArrayLike<number>>();
    for (const [id, t] of recording.externals) before.set(id, await t.data());
    const { outputs, largest } = interpret(recording, before as Contents);
    const actual = await compute().data();
    expectClose(actual, outputs[0]!, { abs: 4e-6 * Math.max(1, largest) }, name);
  }
  shows(name);
});
