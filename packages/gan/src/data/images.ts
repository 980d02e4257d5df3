/** Images in memory: what every format is read into before they go to the device. */

/** Bytes of images that all have one size, and what is known of them. */
export interface ImageSet {
  /** `[count, height, width, channels]`, 0 (black) to 255. */
  images: Uint8Array;
  count: number;
  height: number;
  width: number;
  /** 1 grey, 3 RGB. */
  channels: 1 | 3;
  /** `[count]`, each below the number of `classNames`; null where the images have no classes. */
  labels: Uint32Array | null;
  /** Name of each class, in the order of the labels; empty where there are none. */
  classNames: readonly string[];
}

export interface LabelledImages extends ImageSet {
  labels: Uint32Array;
}

/** As what images are wanted. */
export interface ImageFormat {
  /** Height and width. */
  size: number;
  channels: 1 | 3;
}

/** Brightness of RGB pixels, one byte for three: the luma of ITU-R BT.601. In whole numbers, so that grey stays what it is. */
export function luma(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i++)
    grey[i] = (19595 * rgb[3 * i]! + 38470 * rgb[3 * i + 1]! + 7471 * rgb[3 * i + 2]! + 32768) >> 16;
  return grey;
}
