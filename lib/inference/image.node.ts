/** Reading image files in Node. */
import sharp from 'sharp';

import { UnreadableImage } from './errors.ts';
import type { Pixels } from './image.ts';

/** The most pixels that an image may have unless said otherwise: 50 million, as a large camera makes. */
export const MAX_PIXELS = 50_000_000;

/**
 * The pixels of a PNG or JPEG file, upright as its EXIF orientation says, in sRGB with 8 bits per channel.
 *
 * @throws {UnreadableImage} when it is neither, is damaged, or has more than `maxPixels`
 */
export async function decodeImage(
  file: Uint8Array,
  { maxPixels = MAX_PIXELS }: { readonly maxPixels?: number } = {},
): Promise<Pixels> {
  try {
    const image = sharp(file, { limitInputPixels: maxPixels, failOn: 'error' });
    const { format, width, height } = await image.metadata();
    if (format !== 'png' && format !== 'jpeg') throw new UnreadableImage(`A PNG or JPEG is wanted, not ${format}.`);
    if (width * height > maxPixels) {
      throw new UnreadableImage(`The image has ${width} by ${height} pixels; at most ${maxPixels} are read.`);
    }
    const { data, info } = await image
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (error) {
    if (error instanceof UnreadableImage) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableImage(`The image cannot be read: ${reason}`, { cause: error });
  }
}
