/** Images from files, cameras and canvases as inputs of a model. */
import { UnreadableImage } from '../inference/errors.ts';
import { imageToTensor, type Pixels } from '../inference/image.ts';
import type { Description } from '../market/types.ts';
import { tensorToPixels } from './fed.ts';
import type { PreparedImage } from './types.ts';

/** The most pixels that an image may have: 50 million, as a large camera makes. */
const maxPixels = 50_000_000;
const thumbnailSize = 128;

/**
 * Makes an image into a model's first input. Files are turned upright as their EXIF orientation says.
 *
 * @throws {UnreadableImage} when the file is no image that this browser can read; {InvalidTensor} when the model takes none
 */
export async function prepareImage(source: Blob | CanvasImageSource, description: Description): Promise<PreparedImage> {
  const bitmap = await decode(source);
  try {
    const { width, height } = bitmap;
    if (width * height > maxPixels) {
      throw new UnreadableImage(`The image has ${width} by ${height} pixels; at most ${maxPixels} are read.`);
    }
    const tensor = imageToTensor(pixelsOf(bitmap, width, height), description);
    return {
      request: { inputs: [tensor] },
      fed: tensorToPixels(tensor, description),
      thumbnail: await thumbnailOf(bitmap),
      ...{ width, height },
    };
  } finally {
    bitmap.close();
  }
}

async function decode(source: Blob | CanvasImageSource): Promise<ImageBitmap> {
  try {
    // Without color conversion by the display's profile; transparent pixels keep their color for `imageToTensor`.
    return await createImageBitmap(source, { premultiplyAlpha: 'none', imageOrientation: 'from-image' });
  } catch (error) {
    throw new UnreadableImage('This is no image that this browser can read. Choose a PNG, JPEG or WebP file.', {
      cause: error,
    });
  }
}

function pixelsOf(bitmap: ImageBitmap, width: number, height: number): Pixels {
  const context = contextOf(new OffscreenCanvas(width, height));
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height);
}

async function thumbnailOf(bitmap: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, thumbnailSize / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  contextOf(canvas).drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/png' });
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new UnreadableImage('This browser has no memory left for the image. Close other tabs.');
  return context;
}
