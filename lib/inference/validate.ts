/** Whether tensors are those that a model's description promises. */
import type { Description, TensorSpec } from '../market/types.ts';
import { ExecutionFailed, InvalidTensor } from './errors.ts';
import { checkTensor, elementSize } from './tensor.ts';
import type { InferenceRequest, InferenceResponse, Tensor } from './types.ts';

/**
 * The most that a free dimension other than the first may be in one inference that is paid for. It bounds what a
 * provider has to take, for a model whose images or texts may have any size.
 */
export const MAX_FREE_DIMENSION = 1024;
/** The most bytes that an element of BYTES may have in one inference that is paid for. */
export const MAX_BYTES_ELEMENT = 65_536;
/** Room for the JSON part of a request: so many bytes, and so many for each input and output. */
const HEADER_BYTES = 4_096;
const HEADER_BYTES_PER_TENSOR = 1_024;

/**
 * Checks that a request has exactly the described inputs, each once, with their data types and shapes, and data to
 * match. A free dimension may be any number from 1 on.
 *
 * @throws {InvalidTensor} with what was expected
 */
export function validateInputs(description: Description, request: InferenceRequest): void {
  const wrong = mismatch('input', description.inputs, request.inputs);
  if (wrong !== null) throw new InvalidTensor(wrong);
  request.inputs.forEach(checkTensor);
}

/**
 * Checks as {@link validateInputs} does, and that it is one inference and no more: whoever pays for one must not get a
 * batch. The first dimension is the batch where it is free; the others have the bound {@link MAX_FREE_DIMENSION}.
 *
 * @throws {InvalidTensor} with what was expected
 */
export function validateOneInference(description: Description, request: InferenceRequest): void {
  validateInputs(description, request);
  description.inputs.forEach((spec) => {
    const tensor = request.inputs.find(({ name }) => name === spec.name);
    tensor?.shape.forEach((dimension, i) => {
      const most = spec.shape[i] === null ? (i === 0 ? 1 : MAX_FREE_DIMENSION) : dimension;
      if (dimension <= most) return;
      const found = `The input "${spec.name}" has the shape [${tensor.shape.join(', ')}]`;
      throw new InvalidTensor(
        i === 0
          ? `${found}: that is a batch of ${dimension}, and one inference is paid for. Send each by itself.`
          : `${found}, and a free dimension may be at most ${MAX_FREE_DIMENSION}.`,
      );
    });
  });
}

/**
 * The outputs of a response that the description names, in its order; what a model gives beyond them is left out.
 *
 * @throws {ExecutionFailed} when one is missing, or has another data type or shape
 */
export function describedOutputs(description: Description, response: InferenceResponse): readonly Tensor[] {
  const named = description.outputs.flatMap(({ name }) => response.outputs.filter((output) => output.name === name));
  const wrong = mismatch('output', description.outputs, named);
  if (wrong !== null) throw new ExecutionFailed(`The model's result is not as described. ${wrong}`);
  return named;
}

function mismatch(what: 'input' | 'output', specs: readonly TensorSpec[], tensors: readonly Tensor[]): string | null {
  const expected = `Expected ${specs.map(describeSpec).join(', ')}.`;
  for (const { name } of tensors) {
    if (!specs.some((spec) => spec.name === name)) return `There is no ${what} "${name}". ${expected}`;
  }
  for (const spec of specs) {
    const [tensor, second] = tensors.filter(({ name }) => name === spec.name);
    if (tensor === undefined) return `The ${what} "${spec.name}" is missing. ${expected}`;
    if (second !== undefined) return `The ${what} "${spec.name}" is there more than once. ${expected}`;
    if (tensor.dataType !== spec.dataType || !fits(spec.shape, tensor.shape)) {
      return `The ${what} "${spec.name}" is ${tensor.dataType} [${tensor.shape.join(', ')}]. ${expected}`;
    }
  }
  return null;
}

function fits(wanted: readonly (number | null)[], shape: readonly number[]): boolean {
  return (
    wanted.length === shape.length &&
    wanted.every((dimension, i) => (dimension === null ? (shape[i] ?? 0) >= 1 : dimension === shape[i]))
  );
}

/** An input or output for people: `"image" of FP32 [any, 1, 28, 28]`. */
export function describeSpec({ name, dataType, shape }: TensorSpec): string {
  return `"${name}" of ${dataType} [${shape.map((dimension) => dimension ?? 'any').join(', ')}]`;
}

/**
 * The most bytes that a framed request for one inference can have, with its tensors in binary. A free dimension counts
 * as 1 where it is the first, as {@link MAX_FREE_DIMENSION} elsewhere, and an element of BYTES as
 * {@link MAX_BYTES_ELEMENT}. Requests with JSON numbers are bound by the same number, so only small ones fit.
 */
export function maxRequestBytes(description: Description): number {
  return messageBytes(description, description.inputs, 1);
}

/** The most bytes that the response to a request can have, under the same assumptions, for so many rows of a batch. */
export function maxResponseBytes(description: Description, rows = 1): number {
  return messageBytes(description, description.outputs, rows);
}

function messageBytes(description: Description, specs: readonly TensorSpec[], rows: number): number {
  const data = specs.map(({ dataType, shape }) => {
    const count = shape.reduce<number>(
      (n, dimension, i) => n * (dimension ?? (i === 0 ? rows : MAX_FREE_DIMENSION)),
      1,
    );
    return count * (elementSize(dataType) ?? 4 + MAX_BYTES_ELEMENT);
  });
  const tensors = description.inputs.length + description.outputs.length;
  return data.reduce((sum, bytes) => sum + bytes, HEADER_BYTES + HEADER_BYTES_PER_TENSOR * tensors);
}
