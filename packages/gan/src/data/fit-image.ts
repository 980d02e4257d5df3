import { type ImageFormat, luma } from './images.ts';

/**
 * An image file as a training set wants it: upright by its EXIF orientation, on white where it is transparent, in 8-bit sRGB, scaled
 * until its shorter side is `size` (Lanczos), and cut at both ends of the longer one.
 * @param path of a PNG, JPEG or WebP file
 * @returns bytes [size, size, channels]
 * @throws Error with libvips' reason where the file cannot be decoded whole, or has more than 16,383² pixels
 */
export async function fitImage(path: string, { size, channels }: ImageFormat): Promise<Uint8Array> {
  // Loaded where it is needed: whoever trains on digits does not wait for a library of image formats.
  const { default: sharp } = await import('sharp');
  const rgb = await sharp(path, { failOn: 'error', autoOrient: true })
    .flatten({ background: 'white' })
    .resize(size, size, { fit: 'cover', position: 'centre' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
  return channels === 3 ? rgb : luma(rgb);
}
