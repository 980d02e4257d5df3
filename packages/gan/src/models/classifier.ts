/** A small convolutional classifier of grey images: two strided convolutions, a dense layer of features, and the logits. */
import { type Mode, type Module, nn } from '@ganvas/autograd';
import type { Rng } from '@ganvas/kernels-wgsl';
import type { Device, Tensor } from '@ganvas/tensor';

export interface ClassifierShape {
  /** Height and width of an image, a multiple of 4. Default 28. */
  size?: number;
  /** Channels of the first convolution; the second has twice as many. Default 16. */
  width?: number;
  /** Default 128. */
  features?: number;
  /** Default 10. */
  classes?: number;
}

export interface ClassifierOptions extends ClassifierShape {
  /** Source of the initial weights. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

/** Images [batch, size, size, 1] → logits [batch, classes], by way of its features. */
export interface Classifier extends Module {
  readonly shape: Required<ClassifierShape>;
  /** Images [batch, size, size, 1] → features [batch, features], ≥ 0: what the last layer sees. */
  features(images: Tensor, mode?: Mode): Tensor;
  /** Features [batch, features] → logits [batch, classes]. */
  logits(features: Tensor): Tensor;
}

/** Each convolution is 5×5 and halves the image; behind it, and behind the dense layer, come batch norm and ReLU. */
export function classifier({
  size = 28,
  width = 16,
  features = 128,
  classes = 10,
  rng,
  device,
}: ClassifierOptions): Classifier {
  if (size % 4 !== 0)
    throw new Error(`classifier: size: expected a multiple of 4, which can be halved twice, got ${size}`);
  const halve = { kernel: 5, stride: 2, padding: 2, bias: false, rng, device };
  const body = {
    conv1: nn.conv2d(1, width, halve),
    bn1: nn.batchNorm2d(width, { rng, device }),
    relu1: nn.relu,
    conv2: nn.conv2d(width, 2 * width, halve),
    bn2: nn.batchNorm2d(2 * width, { rng, device }),
    relu2: nn.relu,
    flatten: nn.flatten,
    fc1: nn.linear(2 * width * (size / 4) ** 2, features, { bias: false, rng, device }),
    bn3: nn.batchNorm1d(features, { rng, device }),
    relu3: nn.relu,
  };
  const fc2 = nn.linear(features, classes, { rng, device });
  return {
    ...nn.sequential({ ...body, fc2 }),
    shape: { size, width, features, classes },
    features: nn.sequential(body).forward,
    logits: (x) => fc2.forward(x),
  };
}
