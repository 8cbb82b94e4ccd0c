/** What a model is fed, turned back into pixels that a person can look at. */
import { InvalidTensor } from '../inference/errors.ts';
import { toNumbers } from '../inference/tensor.ts';
import type { Tensor } from '../inference/types.ts';
import type { Description, ImageInput } from '../market/types.ts';
import type { PreparedImage } from './types.ts';

/**
 * The pixels that an input of a model stands for: the reverse of `imageToTensor`. Values that no pixel can have are the
 * nearest that one can.
 *
 * @throws {InvalidTensor} when the model takes no images, or the tensor is none
 */
export function tensorToPixels(tensor: Tensor, { name, image }: Description): PreparedImage['fed'] {
  if (image === null) throw new InvalidTensor(`${name} takes no images.`);
  const dimensions = tensor.shape.slice(-3);
  const [height, width] = image.layout === 'nchw' ? dimensions.slice(1) : dimensions;
  const channels = image.channels === 'gray' ? 1 : 3;
  if (height === undefined || width === undefined) throw new InvalidTensor('The tensor is no image.');
  const values = toNumbers(tensor);
  if (values.length !== width * height * channels) throw new InvalidTensor('The tensor is not one image.');
  const valueAt = (pixel: number, channel: number) => {
    const at = image.layout === 'nchw' ? channel * width * height + pixel : pixel * channels + channel;
    return ((values[at] ?? 0) * of(image.std, channel) + of(image.mean, channel)) * 255;
  };
  const data = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let color = 0; color < 3; color++) data[4 * pixel + color] = valueAt(pixel, channelOf(image, color));
    data[4 * pixel + 3] = 255;
  }
  return { width, height, data };
}

/** The model's channel that holds red (0), green (1) or blue (2). */
function channelOf({ channels }: ImageInput, color: number): number {
  if (channels === 'gray') return 0;
  return channels === 'rgb' ? color : 2 - color;
}

/** A single mean or deviation stands for all channels. */
function of(values: readonly number[], channel: number): number {
  return (values.length === 1 ? values[0] : values[channel]) ?? 0;
}
