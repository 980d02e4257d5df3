/** What a random program may do next. */
import {
  abs,
  adamUpdate,
  add,
  assign,
  batchNorm,
  broadcastTo,
  cast,
  concat,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convTranspose2d,
  detach,
  div,
  exp,
  full,
  gatherBatch,
  greater,
  leakyRelu,
  less,
  log1p,
  logSoftmax,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  moments,
  mul,
  neg,
  ones,
  pack,
  randomNormal,
  randomUniform,
  reciprocal,
  relu,
  reshape,
  rsqrt,
  sigmoid,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  sub,
  type Tensor,
  tanh,
  transpose,
  where,
  zeros,
} from '@ganvas/tensor';
import { REARRANGEMENTS } from './rearrange.ts';
import { broadcast, type Scene } from './scene.ts';

export type Action = (scene: Scene) => void;
type Unary = (x: Tensor) => Tensor;

const UNARY: readonly Unary[] = [
  tanh,
  neg,
  relu,
  sigmoid,
  softplus,
  abs,
  detach,
  (x) => leakyRelu(x, 0.2),
  (x) => exp(neg(abs(x))),
  (x) => log1p(abs(x)),
  (x) => sqrt(add(abs(x), 0.5)),
  (x) => rsqrt(add(abs(x), 0.5)),
  (x) => reciprocal(add(abs(x), 1)),
  (x) => square(tanh(x)),
];

/** What algebra could simplify, and must not simplify wrongly. */
const WITH_CONSTANT: readonly Unary[] = [
  (x) => add(x, 0.5),
  (x) => sub(1, x),
  (x) => mul(x, -0.25),
  (x) => add(0, x),
  (x) => mul(x, 1),
  (x) => mul(x, 0),
  (x) => neg(neg(x)),
  (x) => div(x, 2),
  (x) => maximum(x, 0.25),
  (x) => minimum(0, x),
  (x) => add(x, zeros(x.shape)),
  (x) => mul(ones(x.shape), x),
  (x) => mul(x, add(full([], 0.25), square(full([1], 0.5)))),
];

const BINARY: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  add,
  sub,
  maximum,
  minimum,
  (x, y) => mul(x, tanh(y)),
  (x, y) => add(mul(x, 0.75), mul(y, 0.25)),
  (x, y) => div(x, add(abs(y), 1)),
  (x, y) => where(greater(x, 1000), x, y), // never true, as only the device can know
];

/** Each with what else it needs to know. */
const MOVEMENTS: readonly ((x: Tensor, scene: Scene) => Tensor)[] = [
  (x) => transpose(x),
  (x) => reshape(x, [-1]),
  (x) => reshape(x, x.shape.toReversed()),
  (x) => transpose(reshape(x, x.shape.toReversed())),
  (x) => reshape(x, x.size % 2 === 0 ? [2, 1, -1] : [1, -1]),
  (x, scene) => broadcastTo(x, broadcast(x.shape, scene.beside(x).shape)!),
  (x) =>
    transpose(
      x,
      [...x.shape.keys()].map((axis) => (axis + 1) % x.shape.length),
    ),
];

const REDUCTIONS: readonly ((x: Tensor, axes: readonly number[], keepDims: boolean) => Tensor)[] = [
  (x, axes, keepDims) => mean(x, axes, { keepDims }),
  (x, axes, keepDims) => max(x, axes, { keepDims }),
  (x, axes, keepDims) => min(x, axes, { keepDims }),
  (x, axes, keepDims) => mean(square(tanh(x)), axes, { keepDims }),
];

/** Every third set of axes is all of them. */
function reduce(scene: Scene, x: Tensor): Tensor {
  const sets = Array.from({ length: 2 ** x.shape.length - 1 }, (_, bits) =>
    [...x.shape.keys()].filter((axis) => (bits + 1) & (1 << axis)),
  );
  return scene.pick(REDUCTIONS)(x, scene.pick(sets.length > 0 ? sets : [[]]), scene.pick([false, true]));
}

/** What follows a product: a bias, an activation, a residual, or nothing; all make it small again. */
const FINISHES: readonly ((y: Tensor, scene: Scene) => Tensor)[] = [
  (y) => mul(y, 0.125),
  (y, scene) => tanh(add(y, scene.world.input(y.shape.slice(-1)))),
  (y, scene) => leakyRelu(add(mul(y, 0.125), scene.within(y)), 0.2),
  (y, scene) => add(scene.exactly(y.shape), mul(tanh(y), 0.5)),
  (y, scene) => mul(tanh(y), greater(scene.world.input(y.shape), 0)),
];
const finish = (scene: Scene, y: Tensor): Tensor => scene.make(scene.pick(FINISHES)(y, scene));

function multiply(scene: Scene): void {
  const a = scene.matrix();
  const k = a.shape.at(-1)!;
  const n = scene.pick([4, 1, 3]);
  const products = [
    () => matmul(a, scene.world.input([k, n])),
    () => matmul(a, scene.world.input([n, k]), { transposeB: true }),
    () => matmul(a, a, { transposeA: true }),
    () => matmul(scene.world.input([n, a.shape.at(-2)!]), a),
  ];
  finish(scene, scene.pick(products)());
}

function convolve(scene: Scene): void {
  const x = scene.image();
  const [inputs, outputs] = [x.shape[3]!, scene.pick([4, 1, 3])];
  const window = { stride: scene.pick([1, 2]), padding: 1 };
  const w = scene.world.input([3, 3, inputs, outputs]);
  const y = finish(scene, conv2d(x, w, window));
  if (y.shape.length !== 4) return; // it was too large, and averaged
  const more = [
    () => {},
    () => finish(scene, conv2dInputGrad(y, w, x.shape, window)),
    () => finish(scene, conv2dWeightGrad(x, y, w.shape, window)),
    () => finish(scene, convTranspose2d(y, scene.world.input([3, 3, 2, outputs]), { stride: 2, padding: 1 })),
    () => finish(scene, conv2d(x, scene.world.input([3, 3, 1, inputs]), { ...window, groups: inputs })),
  ];
  scene.pick(more)();
}

function normalise(scene: Scene): void {
  const x = scene.matrix();
  const channels = scene.world.input(x.shape.slice(-1));
  const { y, mean: average, variance } = batchNorm(x, channels, add(channels, 1), { eps: 0.5 });
  scene.make(scene.pick([relu, detach, tanh])(y));
  scene.pick([() => {}, () => scene.make(average), () => scene.make(variance)])();
}

/** What a normalisation's gradient is made of: two sums over the same values, and both in a map over them again. */
function project(scene: Scene): void {
  const x = scene.matrix();
  const g = scene.within(x);
  const axes = [...x.shape.keys()].slice(0, -1);
  const average = mean(add(g, x), axes);
  const along = mean(mul(add(g, x), tanh(x)), axes);
  scene.make(sub(sub(x, average), mul(tanh(x), along)));
  scene.pick([() => {}, () => scene.make(along), () => scene.make(average)])();
}

/** The same expression twice, and both used. */
function twice(scene: Scene): void {
  const [f, x] = [scene.pick([...UNARY, ...WITH_CONSTANT]), scene.any()];
  const [first, second] = [f(x), f(x)];
  scene.make(first);
  scene.make(sub(mul(first, 0.5), second));
}

/** Something for the state, of the state's own shape. */
function assignState(scene: Scene, target: Tensor): void {
  const value = scene.exactly(target.shape);
  const values = [
    () => tanh(value),
    () => value,
    () => add(mul(target, 0.5), mul(value, 0.25)), // in place
    () => tanh(reshape(transpose(target), target.shape)), // in another order
  ];
  assign(target, scene.pick(values)());
  scene.see(target);
}

/** One expression of a state before and after it is assigned: equal in text, not in value. */
function readWriteRead(scene: Scene): void {
  const target = scene.pick(scene.world.states);
  const f = scene.pick([...UNARY, ...WITH_CONSTANT]);
  const before = f(target);
  assignState(scene, target);
  scene.make(sub(before, f(target)));
}

/** Batches of 64 rows: parts of a whole in which each begins where a kernel's range may, made there or copied. */
function joinBatches(scene: Scene): void {
  const x = scene.matrix();
  const tall = (t: Tensor): Tensor => broadcastTo(t, [64, ...t.shape]);
  const parts = [tanh(tall(x)), sub(tall(scene.exactly(x.shape)), tall(x))] as const;
  const pairs = [parts, [parts[1], parts[1]], [parts[1], neg(parts[0])]] as const;
  const joined = concat(scene.pick(pairs));
  const [average, variance] = moments(reshape(joined, [2, -1, x.shape[1]!]), { separate: true });
  const [first, second] = split(joined, 2) as [Tensor, Tensor];
  scene.make(scene.pick([average, variance, mean(mul(first, square(second)), 0), mean(joined, 0)]));
}

function update(scene: Scene): void {
  const { packed, moments, hyper, states } = scene.world;
  const gradients = states.slice(-2).map((t) => tanh(scene.exactly(t.shape)));
  adamUpdate(packed, ...moments, pack(gradients), hyper, { beta1: 0.5, beta2: 0.75, eps: 0.125, weightDecay: 0 });
  scene.see(packed);
  scene.see(states.at(-1)!);
}

function countWhole(scene: Scene): void {
  const { whole, count } = scene.world;
  const next = add(mul(whole, scene.pick([3, -1, 1])), count);
  scene.make(mul(cast(next, 'f32'), 0.03125));
  scene.pick([() => {}, () => assign(count, minimum(next, 50))])();
}

export const ACTIONS: readonly Action[] = [
  (scene) => scene.make(scene.pick(UNARY)(scene.any())),
  (scene) => {
    const x = scene.any();
    scene.make(scene.pick(BINARY)(x, scene.beside(x)));
  },
  (scene) => scene.make(scene.pick(WITH_CONSTANT)(scene.any())),
  (scene) => scene.make(reduce(scene, scene.any())),
  (scene) => scene.make(scene.pick(MOVEMENTS)(scene.any(), scene)),
  (scene) => assignState(scene, scene.pick(scene.world.states)),
  multiply,
  twice,
  normalise,
  project,
  (scene) => {
    const mask = scene.pick([greater, less])(scene.world.input(scene.any().shape), 0);
    scene.make(where(mask, scene.exactly(mask.shape), scene.beside(mask)));
  },
  readWriteRead,
  convolve,
  (scene) => {
    const y = scene.pick([softmax, logSoftmax])(scene.matrix(), scene.pick([-1, 0]));
    scene.make(scene.pick([detach, (t: Tensor) => mul(t, scene.within(t)), square])(y));
  },
  (scene) => scene.make(scene.pick(moments(scene.matrix()))),
  (scene) => scene.make(pack([scene.any(), scene.any()])),
  joinBatches,
  update,
  countWhole,
  (scene) => scene.make(scene.pick([randomUniform, randomNormal])(scene.world.generator, scene.any().shape)),
  (scene) => scene.make(gatherBatch(scene.world.bytes, scene.world.indices)),
  (scene) => scene.make(scene.pick(REARRANGEMENTS)(scene.any(), scene)),
];
