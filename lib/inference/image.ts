/** Images as the first input of a model, by the model's description. */
import type { Description, ImageInput } from '../market/types.ts';
import { InvalidTensor } from './errors.ts';
import { resize, type Box, type Plane } from './resize.ts';
import { fromNumbers } from './tensor.ts';
import type { Tensor } from './types.ts';

/** An image: red, green, blue and alpha of 0 to 255 for each pixel, row by row. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/**
 * The first input of a model, made from an image as the description says: brought to the input's size (bilinear, with
 * antialiasing; an image that has the size already passes unchanged), gray values by Rec. 601, then
 * `(v / 255 - mean) / std`. Where the image is transparent, black shows. A free dimension is 1 for the batch, and the
 * image's own size for height and width. A single mean or deviation stands for all channels.
 *
 * @throws {InvalidTensor} when the model takes no image, its description contradicts itself, or the image has other bytes
 *   than its size says
 */
export function imageToTensor(image: Pixels, description: Description): Tensor {
  const { image: rules, inputs } = description;
  const [input] = inputs;
  if (rules === null || input === undefined) throw new InvalidTensor(`${description.name} takes no images.`);
  const { width, height, data } = image;
  if (width < 1 || height < 1 || data.length !== width * height * 4) {
    throw new InvalidTensor(`An image of ${width} by ${height} pixels has other than ${data.length} bytes.`);
  }
  const size = targetSize(rules, input.shape, image);
  const planes = channels(rules, image).map((plane) => fit(plane, rules.fit, size));
  const count = planes.length;
  const area = size.width * size.height;
  const values = new Float32Array(count * area);
  planes.forEach((plane, channel) => {
    const mean = perChannel(rules.mean, channel, count, 'means');
    const std = perChannel(rules.std, channel, count, 'standard deviations');
    if (std === 0) throw new InvalidTensor('A standard deviation of 0 in the description leaves no image.');
    for (let i = 0; i < area; i++) {
      const at = rules.layout === 'nchw' ? channel * area + i : i * count + channel;
      const value = plane[i] ?? NaN;
      // What an image does not fill is the mean, so nothing after normalization.
      values[at] = Number.isNaN(value) ? 0 : (value / 255 - mean) / std;
    }
  });
  const known = { batch: 1, channels: count, ...size };
  const shape = roles(rules, input.shape).map((role) => known[role]);
  return fromNumbers(input.name, input.dataType, shape, values);
}

type Role = 'batch' | 'channels' | 'height' | 'width';

/** What the dimensions of the input are; the batch may be missing. */
function roles({ layout }: ImageInput, shape: readonly (number | null)[]): readonly Role[] {
  const all: readonly Role[] =
    layout === 'nchw' ? ['batch', 'channels', 'height', 'width'] : ['batch', 'height', 'width', 'channels'];
  if (shape.length !== 4 && shape.length !== 3) {
    throw new InvalidTensor(
      `An image in ${layout} has 3 or 4 dimensions; the description's input has ${shape.length}.`,
    );
  }
  return all.slice(-shape.length);
}

function targetSize(
  rules: ImageInput,
  shape: readonly (number | null)[],
  image: Pixels,
): { readonly width: number; readonly height: number } {
  const size = { batch: 1, channels: rules.channels === 'gray' ? 1 : 3, height: image.height, width: image.width };
  roles(rules, shape).forEach((role, i) => {
    const wanted = shape[i] ?? null;
    if (wanted === null) return;
    if ((role === 'batch' || role === 'channels') && wanted !== size[role]) {
      throw new InvalidTensor(`The input takes a ${role} dimension of ${wanted}; an image gives ${size[role]}.`);
    }
    size[role] = wanted;
  });
  return size;
}

function perChannel(values: readonly number[], channel: number, count: number, what: string): number {
  const value = values.length === 1 ? values[0] : values[channel];
  if (value === undefined || (values.length !== 1 && values.length !== count)) {
    throw new InvalidTensor(`The description has ${values.length} ${what} for ${count} channels.`);
  }
  return value;
}

/** The channels that the model takes, in its order, over black. */
function channels({ channels }: ImageInput, { data, width, height }: Pixels): readonly Plane[] {
  const plane = (value: (pixel: number) => number): Plane => {
    const values = new Float32Array(width * height);
    for (let i = 0; i < values.length; i++) values[i] = value(4 * i) * ((data[4 * i + 3] ?? 0) / 255);
    return { data: values, width, height };
  };
  const [red, green, blue] = [0, 1, 2].map((offset) => (pixel: number) => data[pixel + offset] ?? 0) as [
    (pixel: number) => number,
    (pixel: number) => number,
    (pixel: number) => number,
  ];
  if (channels === 'rgb') return [red, green, blue].map(plane);
  if (channels === 'bgr') return [blue, green, red].map(plane);
  const luminance = (pixel: number) => {
    const [r, g, b] = [red(pixel), green(pixel), blue(pixel)];
    // The weights add up to 1 but for a rounding error, which a gray pixel need not get.
    return r === g && g === b ? r : 0.299 * r + 0.587 * g + 0.114 * b;
  };
  return [plane(luminance)];
}

/** The plane at another size; NaN where there is nothing of the image. */
function fit(
  plane: Plane,
  how: ImageInput['fit'],
  { width, height }: { readonly width: number; readonly height: number },
): Float32Array {
  if (plane.width === width && plane.height === height) return plane.data;
  if (how === 'contain') {
    const scale = Math.min(width / plane.width, height / plane.height);
    const inner = {
      width: Math.min(width, Math.max(1, Math.round(plane.width * scale))),
      height: Math.min(height, Math.max(1, Math.round(plane.height * scale))),
    };
    const { data } = resize(plane, whole(plane), inner.width, inner.height);
    const left = Math.floor((width - inner.width) / 2);
    const top = Math.floor((height - inner.height) / 2);
    const filled = new Float32Array(width * height).fill(NaN);
    for (let y = 0; y < inner.height; y++) {
      filled.set(data.subarray(y * inner.width, (y + 1) * inner.width), (top + y) * width + left);
    }
    return filled;
  }
  return resize(plane, how === 'cover' ? middle(plane, width / height) : whole(plane), width, height).data;
}

const whole = ({ width, height }: Plane): Box => ({ left: 0, top: 0, width, height });

/** The largest part around the middle that has this ratio of width to height. */
function middle(plane: Plane, ratio: number): Box {
  const width = Math.min(plane.width, plane.height * ratio);
  const height = Math.min(plane.height, plane.width / ratio);
  return { left: (plane.width - width) / 2, top: (plane.height - height) / 2, width, height };
}
