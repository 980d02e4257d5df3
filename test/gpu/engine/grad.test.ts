/** `grad` and `valueAndGrad`: what they answer, how they add up, and what they refuse. */
import { adam, GradientError, grad, valueAndGrad } from '@ganvas/autograd';
import {
  add,
  assign,
  capture,
  detach,
  greater,
  max,
  maximum,
  mean,
  mul,
  square,
  state,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import { printProgram } from '../../../packages/tensor/src/program.ts';
import { record } from '../../pure/compile/record.ts';
import { useDevice } from '../device.ts';

const device = useDevice();

const gradients = async (fn: (...xs: Tensor[]) => Tensor, inputs: Tensor[]) =>
  Promise.all(grad(sum(fn(...inputs)), inputs).map(async (g) => Array.from(await g.data())));

describe('grad', () => {
  it('refuses where a state was assigned since', () => {
    const s = state([1, 2]);
    const loss = sum(square(s));
    assign(s, tensor([3, 4]));
    expect(() => grad(loss, [s])).toThrow(GradientError);
    expect(() => grad(loss, [s])).toThrow('a state tensor of shape [2] was assigned after square read it');
  });

  it('refuses where an optimiser stepped since', () => {
    const s = state([1, 2]);
    const optimizer = adam([s]);
    const loss = sum(square(s));
    optimizer.step(grad(loss, [s]));
    expect(() => grad(loss, [s])).toThrow('was assigned after square read it');
  });

  it('says which tensor the loss does not depend on, or answers zeros', async () => {
    const [x, y] = [tensor([1, 2]), tensor([[3], [4]])];
    const loss = sum(square(x));
    expect(() => grad(loss, [x, y])).toThrow('does not depend on wrt[1] (shape [2,1])');
    const [, zero] = grad(loss, [x, y], { unused: 'zero' });
    expect(zero!.shape).toEqual([2, 1]);
    expect(Array.from(await zero!.data())).toEqual([0, 0]);
  });

  it('wants a scalar', () => {
    const x = tensor([1, 2]);
    expect(() => grad(square(x), [x])).toThrow('grad: expected a loss of one element, got shape [2]; use sum or mean');
  });

  it('stops at detach and at comparisons', async () => {
    const x = tensor([1, 2]);
    expect(await gradients((x) => mul(x!, detach(square(x!))), [x])).toEqual([[1, 4]]);
    expect(await gradients((x) => mul(x!, greater(x!, 1.5)), [x])).toEqual([[0, 1]]);
    expect(() => grad(sum(detach(x)), [x])).toThrow('does not depend on wrt[0]');
  });

  it('adds up what comes on several ways, and reaches what lies between', async () => {
    const x = tensor([1, 2]);
    const y = square(x);
    const loss = sum(add(mul(y, x), y)); // x³ + x²
    const [dx, dy] = grad(loss, [x, y]);
    expect(Array.from(await dx!.data())).toEqual([5, 16]);
    expect(Array.from(await dy!.data())).toEqual([2, 3]);
    const [one] = grad(loss, [loss]);
    expect(await one!.item()).toBe(1);
  });

  it('shares the gradient of a maximum among ties', async () => {
    const x = tensor([
      [3, 3, 1],
      [0, 2, 2],
    ]);
    expect(await gradients((x) => max(x!, 1), [x])).toEqual([[0.5, 0.5, 0, 0, 0.5, 0.5]]);
    expect(await gradients((x) => maximum(x!, 3), [x])).toEqual([[0.5, 0.5, 0, 0, 0, 0]]);
  });

  it('walks a chain of 5,000 ops', () => {
    const x = tensor([1]);
    const { program } = record(() => {
      let y = x;
      for (let i = 0; i < 5000; i++) y = mul(y, 1.0001);
      return grad(sum(y), [x])[0]!;
    });
    expect(program.nodes.filter((n) => n.op.name === 'mul').length).toBe(10000);
  });

  it('records the same gradient twice', () => {
    const x = tensor([1, 2]);
    const text = () => printProgram(record(() => grad(mean(square(tanh(x))), [x])[0]!).program);
    expect(text()).toBe(text());
  });
});

describe('valueAndGrad', () => {
  it('answers the loss and the gradients, and frees the rest', async () => {
    const x = state([1, 2]);
    const before = device().pool.inUse;
    const { value, gradients } = valueAndGrad((x) => sum(square(x)), [x]);
    expect(device().pool.inUse).toBe(before + 512);
    expect(await value.item()).toBe(5);
    expect(Array.from(await gradients[0]!.data())).toEqual([2, 4]);
  });

  it('works inside a capture, where a gradient may be a constant', async () => {
    const x = state([1, 2]);
    const step = capture(() => valueAndGrad((x) => sum(x), [x]));
    const { value, gradients } = step();
    expect(await value.item()).toBe(3);
    expect(Array.from(await gradients[0]!.data())).toEqual([1, 1]);
  });
});
