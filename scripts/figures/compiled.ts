/** Chapter 8: the update that it compiles, drawn as it was recorded and as it will run. */
import { grad } from '@ganvas/autograd';
import {
  add,
  assign,
  capture,
  compile,
  drawPlan,
  drawProgram,
  matmul,
  mean,
  mul,
  relu,
  square,
  state,
  sub,
  type Tensor,
} from '@ganvas/tensor';
import { renderSvg } from '../../bench/svg.ts';
import { fakeDevice } from '../../test/pure/compile/fake-device.ts';
import type { Figure } from './figure.ts';

const SIZES = { batch: 64, inputs: 32, outputs: 16 };

/** One layer, its loss, its gradient and its update. The drawings need no adapter: nothing runs. */
function draw(form: 'program' | 'plan'): Promise<string> {
  const device = fakeDevice();
  const { batch, inputs, outputs } = SIZES;
  const zeros = (shape: number[]) => state(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape, { device });
  const w = zeros([inputs, outputs]);
  const b = zeros([outputs]);
  const update = (x: Tensor, target: Tensor) => {
    const y = relu(add(matmul(x, w), b));
    const loss = mean(square(sub(y, target)));
    for (const [i, g] of grad(loss, [w, b]).entries()) assign([w, b][i]!, sub([w, b][i]!, mul(g, 0.1)));
    return loss;
  };
  const program = capture(update, { device }).record(zeros([batch, inputs]), zeros([batch, outputs]));
  return renderSvg(form === 'program' ? drawProgram(program) : drawPlan(compile(program, device.traits)));
}

export const compiled: readonly Figure[] = [
  { file: '08-program.svg', draw: () => draw('program') },
  { file: '08-plan.svg', draw: () => draw('plan') },
];
