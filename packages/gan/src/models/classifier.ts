/** A small convolutional classifier of grey images: two strided convolutions and a dense layer. */
import { type Module, nn } from '@ganvas/autograd';
import type { Rng } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';

export interface ClassifierOptions {
  /** Height and width of an image, a multiple of 4. Default 28. */
  size?: number;
  /** Channels of the first convolution; the second has twice as many. Default 16. */
  width?: number;
  /** Default 10. */
  classes?: number;
  /** Source of the initial weights. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

/** Images [batch, size, size, 1] → logits [batch, classes]. Each convolution is 5×5, halves the image, and has batch norm and ReLU. */
export function classifier({ size = 28, width = 16, classes = 10, rng, device }: ClassifierOptions): Module {
  if (size % 4 !== 0)
    throw new Error(`classifier: size: expected a multiple of 4, which can be halved twice, got ${size}`);
  const halve = { kernel: 5, stride: 2, padding: 2, bias: false, rng, device };
  return nn.sequential({
    conv1: nn.conv2d(1, width, halve),
    bn1: nn.batchNorm2d(width, { rng, device }),
    relu1: nn.relu,
    conv2: nn.conv2d(width, 2 * width, halve),
    bn2: nn.batchNorm2d(2 * width, { rng, device }),
    relu2: nn.relu,
    flatten: nn.flatten,
    fc: nn.linear(2 * width * (size / 4) ** 2, classes, { rng, device }),
  });
}
