/** A model's description in plain words. */
import type { Description, ImageInput, TensorSpec } from '../../lib/market/types.ts';

/** What a model does, in one sentence. */
export function describeTask({ image, inputs, outputs, labels }: Description): string {
  const takes = image === null ? `Takes ${tensors(inputs.length)}` : `Looks at ${kindOfImage[image.channels]}`;
  if (image !== null && labels.kind !== 'none') {
    const classes = labels.kind === 'inline' ? labels.names.length : classesOf(outputs);
    const which = classes === null ? 'what it shows' : `which of ${classes} classes it shows`;
    return `${takes} and says ${which}, each with its probability.`;
  }
  return `${takes} and gives ${tensors(outputs.length)}.`;
}

const kindOfImage: Readonly<Record<ImageInput['channels'], string>> = {
  gray: 'an image in shades of gray',
  rgb: 'a colour image',
  bgr: 'a colour image',
};

function tensors(count: number): string {
  return count === 1 ? 'one tensor' : `${count} tensors`;
}

/** How many classes the first output has; `null` when that is open. */
function classesOf(outputs: readonly TensorSpec[]): number | null {
  return outputs[0]?.shape.at(-1) ?? null;
}

/** A tensor's type and shape: `FP32, any × 1 × 28 × 28`. */
export function describeTensor({ dataType, shape }: TensorSpec): string {
  const dimensions = shape.map((size) => (size === null ? 'any' : String(size)));
  return `${dataType}, ${dimensions.length === 0 ? 'a single value' : dimensions.join(' × ')}`;
}

/** Width and height of what a model is fed with an image; `null` where it takes any. */
export function fedSize({ image, inputs }: Description): {
  readonly width: number | null;
  readonly height: number | null;
} {
  const shape = inputs[0]?.shape ?? [];
  const [height = null, width = null] = image?.layout === 'nhwc' ? shape.slice(-3, -1) : shape.slice(-2);
  return { width, height };
}

/** What happens to an image before a model sees it: a sentence a step. Empty for models that take none. */
export function describePreprocessing(description: Description): readonly string[] {
  const { image } = description;
  if (image === null) return [];
  const { width, height } = fedSize(description);
  const colours = image.channels === 'gray' ? 'in shades of gray' : 'in colour';
  const isSized = width !== null && height !== null;
  return [
    isSized ? `It becomes ${width} × ${height} pixels ${colours}.` : `It keeps its size and is read ${colours}.`,
    ...(isSized ? [fits[image.fit]] : []),
    normalization(image),
  ];
}

const fits: Readonly<Record<ImageInput['fit'], string>> = {
  stretch: 'It is stretched to that size, whatever its proportions.',
  cover: 'It keeps its proportions: scaled until it covers that size, and the middle is cut out.',
  contain: 'It keeps its proportions: scaled until it fits inside, and the rest is filled with the mean.',
};

function normalization({ channels, mean, std }: ImageInput): string {
  const order = channels === 'bgr' ? ' for blue, green and red' : channels === 'rgb' ? ' for red, green and blue' : '';
  if (mean.every((value) => value === 0) && std.every((value) => value === 1)) {
    return 'Brightness from 0 to 255 becomes a number from 0 to 1.';
  }
  if (mean.length === 1 && std.length === 1) {
    return `Brightness v from 0 to 255 becomes (v / 255 − ${mean[0] ?? 0}) / ${std[0] ?? 1}.`;
  }
  return `Brightness v from 0 to 255 becomes (v / 255 − mean) / deviation, with means ${mean.join(', ')} and deviations ${std.join(', ')}${order}.`;
}
