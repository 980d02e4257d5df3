/** Runs in the browser: the engine from the same packages, on the browser's own WebGPU. Posts what it computed. */
import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, openDevice, tensor } from '@ganvas/tensor';
import type { PageReport } from './report.ts';

/** Losses of a small convolutional net over ten captured training steps; Node computes the same. */
export async function trainTenSteps(): Promise<number[]> {
  const rng = new Rng(7);
  const net = nn.sequential({
    conv: nn.conv2d(1, 8, { kernel: 4, stride: 2, padding: 1, bias: false, rng }),
    bn: nn.batchNorm2d(8, { rng }),
    leaky: nn.leakyRelu(0.2),
    flatten: nn.flatten,
    fc: nn.linear(8 * 4 * 4, 1, { rng }),
  });
  const parameters = Object.values(net.parameters);
  const optimizer = adam(parameters, { lr: 1e-2 });
  const x = tensor(rng.normals(4 * 8 * 8), [4, 8, 8, 1]);
  const target = tensor([[0], [1], [1], [0]]);
  const step = capture(() => {
    const loss = nn.bceWithLogits(net.forward(x), target);
    optimizer.step(grad(loss, parameters));
    return loss;
  });
  await step.prepare();
  const losses: number[] = [];
  for (let i = 0; i < 10; i++) losses.push(await step().item());
  return losses;
}

async function report(): Promise<PageReport> {
  try {
    const device = await openDevice();
    const losses = await trainTenSteps();
    device.close();
    return { adapter: device.adapter.name, losses };
  } catch (error) {
    return { error: String((error as Error).stack ?? error) };
  }
}

if (typeof document !== 'undefined') {
  void report().then((result) => fetch('/report', { method: 'POST', body: JSON.stringify(result) }));
}
