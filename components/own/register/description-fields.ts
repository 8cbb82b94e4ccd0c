/** A model's description as the texts of a form, and back. */
import type { ModelReport } from '../../../lib/cockpit/types.ts';
import type { DataType, Description, ImageInput, Labels, TensorSpec } from '../../../lib/market/types.ts';
import { numbersText, parseNumbers } from './numbers-text.ts';
import { parseShape, shapeText } from './shape-text.ts';

export interface TensorFields {
  readonly name: string;
  readonly dataType: DataType;
  readonly shape: string;
}

export interface ImageFields {
  readonly channels: ImageInput['channels'];
  readonly layout: ImageInput['layout'];
  readonly fit: ImageInput['fit'];
  readonly mean: string;
  readonly std: string;
}

export interface DescriptionFields {
  readonly name: string;
  readonly licence: string;
  readonly tolerance: string;
  readonly inputs: readonly TensorFields[];
  readonly outputs: readonly TensorFields[];
  readonly takesImage: boolean;
  readonly image: ImageFields;
  readonly labelKind: 'none' | 'listed' | 'content';
  /** One a line. */
  readonly labels: string;
  /** Where a text of labels lies on Dx already. */
  readonly labelContent: string;
}

export const emptyFields: DescriptionFields = {
  name: '',
  licence: '',
  tolerance: '0.001',
  inputs: [],
  outputs: [],
  takesImage: false,
  image: { channels: 'rgb', layout: 'nchw', fit: 'cover', mean: '0.485, 0.456, 0.406', std: '0.229, 0.224, 0.225' },
  labelKind: 'none',
  labels: '',
  labelContent: '',
};

/** How many values a pixel has. */
export function channelCount(channels: ImageInput['channels']): number {
  return channels === 'gray' ? 1 : 3;
}

/** What a file says of itself, in fields that were filled in before or are empty: what a person wrote stays. */
export function withReport(fields: DescriptionFields, report: ModelReport, fileName: string): DescriptionFields {
  const image = guessImage(report.inputs);
  return {
    ...fields,
    name: fields.name === '' ? nameOf(fileName) : fields.name,
    inputs: report.inputs.map(tensorFields),
    outputs: report.outputs.map(tensorFields),
    // An image needs an input of four dimensions; whether the model takes one is a guess, once.
    takesImage: image !== undefined && (fields.takesImage || fields.inputs.length === 0),
    image: image !== undefined && fields.inputs.length === 0 ? image : fields.image,
  };
}

/** The fields of a description that exists. */
export function fieldsOf({ name, licence, inputs, outputs, image, labels, tolerance }: Description): DescriptionFields {
  return {
    name,
    licence,
    tolerance: String(tolerance),
    inputs: inputs.map(tensorFields),
    outputs: outputs.map(tensorFields),
    takesImage: image !== null,
    image:
      image === null ? emptyFields.image : { ...image, mean: numbersText(image.mean), std: numbersText(image.std) },
    labelKind: labels.kind === 'inline' ? 'listed' : labels.kind,
    labels: labels.kind === 'inline' ? labels.names.join('\n') : '',
    labelContent: labels.kind === 'content' ? labels.content : '',
  };
}

/**
 * The description that the fields say.
 *
 * @param labels where the labels are: in the description, or on Dx
 * @throws with the first thing that is wrong; each field says the same of itself
 */
export function descriptionOf(fields: DescriptionFields, labels: Labels): Description {
  const { name, licence, tolerance, inputs, outputs, image } = fields;
  const count = channelCount(image.channels);
  return {
    name: name.trim(),
    licence: licence.trim(),
    inputs: inputs.map(tensorOf),
    outputs: outputs.map(tensorOf),
    image: takesImage(fields)
      ? {
          channels: image.channels,
          layout: image.layout,
          fit: image.fit,
          mean: parseNumbers(image.mean, { count }),
          std: parseNumbers(image.std, { count, positive: true }),
        }
      : null,
    labels,
    tolerance: Number(tolerance),
  };
}

/** Whether an image is the input: if that is wanted, and the input has the shape of one. */
export function takesImage(fields: DescriptionFields): boolean {
  return fields.takesImage && canTakeImage(fields.inputs);
}

/** Whether an image can be the input at all. */
export function canTakeImage(inputs: readonly TensorFields[]): boolean {
  return guessImage(inputs.flatMap((fields) => tryTensor(fields))) !== undefined;
}

function tensorFields({ name, dataType, shape }: TensorSpec): TensorFields {
  return { name, dataType, shape: shapeText(shape) };
}

function tensorOf({ name, dataType, shape }: TensorFields): TensorSpec {
  return { name, dataType, shape: parseShape(shape) };
}

function tryTensor(fields: TensorFields): readonly TensorSpec[] {
  try {
    return [tensorOf(fields)];
  } catch {
    return [];
  }
}

/** `resnet-50_v2.onnx` becomes `resnet 50 v2`; what every exporter writes is no name. */
function nameOf(fileName: string): string {
  const name = fileName
    .replace(/\.onnx$/i, '')
    .replace(/[-_]+/g, ' ')
    .slice(0, 64)
    .trim();
  return name.toLowerCase() === 'model' ? '' : name;
}

function guessImage(inputs: readonly TensorSpec[]): ImageFields | undefined {
  const [first] = inputs;
  if (first?.shape.length !== 4 || inputs.length !== 1) return undefined;
  const [, second, , last] = first.shape;
  const isNhwc = (last === 1 || last === 3) && second !== 1 && second !== 3;
  const count = isNhwc ? last : second;
  if (count !== 1 && count !== 3) return undefined;
  const layout = isNhwc ? 'nhwc' : 'nchw';
  return count === 1
    ? { channels: 'gray', layout, fit: 'contain', mean: '0', std: '1' }
    : { ...emptyFields.image, layout };
}
