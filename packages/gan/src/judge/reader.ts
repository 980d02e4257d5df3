/** Images of any kind through a classifier, in batches of one size, so that one compiled step serves them all. */
import { add, capture, type Device, mul, resizeBilinear, softmax, tensor } from '@ganvas/tensor';
import type { Rows } from '../metrics/rows.ts';
import type { Classifier } from '../models/classifier.ts';

export interface ReadableImages {
  /** `[count, height, width, channels]`: bytes from 0 to 255, or values in [−1, 1]. */
  images: Uint8Array | Float32Array;
  count: number;
  height: number;
  width: number;
  /** Each channel is read as a grey image of its own, the first channel of an image first. Default 1. */
  channels?: number;
}

/** What a classifier says, a row an image, or a row a channel where there are more. */
export interface Reading {
  /** [images, classes]. */
  probabilities: Rows;
  /** [images, features]. */
  features: Rows;
}

export interface Reader {
  /**
   * Images of another size than the classifier's are resized bilinearly.
   * @throws Error for more or fewer values than the sizes say, or a value that is not finite
   */
  read(images: ReadableImages): Promise<Reading>;
  /** Frees what it keeps on the device; the classifier stays. */
  dispose(): void;
}

const BATCH = 100;

export function classifierReader(device: Device, model: Classifier): Reader {
  const { size, features: width, classes } = model.shape;
  const look = capture(
    (x: ReturnType<typeof tensor>) => {
      const seen = model.features(mul(add(resizeBilinear(x, size), 1), 0.5), 'eval');
      return { features: seen, probabilities: softmax(model.logits(seen), -1) };
    },
    { device },
  );
  return {
    async read(given) {
      const planes = greyPlanes(given);
      const { count, height, width: across } = planes;
      const features = new Float32Array(count * width);
      const probabilities = new Float32Array(count * classes);
      for (let at = 0; at < count; at += BATCH) {
        const x = tensor(planes.batch(at, BATCH), [BATCH, height, across, 1], { device });
        await look.prepare(x);
        const seen = look(x);
        // The last batch is filled up with grey; what comes of it is dropped.
        const [f, p] = (await Promise.all([seen.features.data(), seen.probabilities.data()])) as Float32Array[];
        x.dispose();
        features.set(f!.subarray(0, (count - at) * width), at * width);
        probabilities.set(p!.subarray(0, (count - at) * classes), at * classes);
      }
      return {
        features: { values: features, count, width },
        probabilities: { values: probabilities, count, width: classes },
      };
    },
    dispose: () => look.dispose(),
  };
}

/** A grey image for each channel of each image, values in [−1, 1]. */
function greyPlanes({ images, count, height, width, channels = 1 }: ReadableImages) {
  const pixels = height * width;
  if (images.length !== count * pixels * channels)
    throw new Error(
      `read: expected ${count} images of ${height}×${width}×${channels} = ${count * pixels * channels} values, got ${images.length}`,
    );
  const value = images instanceof Uint8Array ? (byte: number) => byte / 127.5 - 1 : (x: number) => x;
  const batch = (from: number, size: number): Float32Array => {
    const values = new Float32Array(size * pixels);
    for (let i = 0; i < Math.min(size, count * channels - from); i++) {
      const start = Math.floor((from + i) / channels) * pixels * channels + ((from + i) % channels);
      for (let p = 0; p < pixels; p++) {
        const pixel = images[start + p * channels]!;
        if (!Number.isFinite(pixel))
          throw new Error(`read: expected finite values, image ${Math.floor((from + i) / channels)} holds ${pixel}`);
        values[i * pixels + p] = value(pixel);
      }
    }
    return values;
  };
  return { count: count * channels, height, width, batch };
}
