/** Putting several inferences together along the first dimension, and taking the results apart. */
import type { Description } from '../market/types.ts';
import type { Signature } from './match.ts';
import { elementCount } from './tensor.ts';
import type { Tensor } from './types.ts';

/**
 * Whether inferences of a model can be put together: the first dimensions of all its inputs and outputs are free, by its
 * description and by what it says itself.
 */
export function isBatchable(description: Description, actual: Signature): boolean {
  const free = ({ shape }: { readonly shape: readonly (number | null)[] }) => shape.length > 0 && shape[0] === null;
  const { inputs, outputs } = description;
  const sameOutput = (name: string) => actual.outputs.find((output) => output.name === name);
  return (
    [...inputs, ...outputs, ...actual.inputs].every(free) &&
    outputs.every(({ name }) => sameOutput(name)?.shape[0] === null) &&
    // Elements of BYTES have no fixed size to cut at.
    [...inputs, ...outputs].every(({ dataType }) => dataType !== 'BYTES')
  );
}

/** The number of rows of the inputs, `null` when they have not all the same. */
export function rowsOf(inputs: readonly Tensor[]): number | null {
  const [rows, ...others] = new Set(inputs.map(({ shape }) => shape[0]));
  return rows === undefined || others.length > 0 ? null : rows;
}

/** Inferences with the same key can be put together: they differ at most in their first dimension. */
export function batchKey(inputs: readonly Tensor[]): string {
  return inputs.map(({ name, shape }) => `${name}:${shape.slice(1).join('x')}`).join(' ');
}

/** The inputs of several inferences as those of one, in memory of their own; a single one is copied as well. */
export function concatenate(batch: readonly (readonly Tensor[])[]): readonly Tensor[] {
  const [first = []] = batch;
  return first.map(({ name, dataType, shape }, i) => {
    const parts = batch.map((inputs) => inputs[i]);
    const data = new Uint8Array(parts.reduce((length, part) => length + (part?.data.length ?? 0), 0));
    let at = 0;
    for (const part of parts) {
      if (part === undefined) continue;
      data.set(part.data, at);
      at += part.data.length;
    }
    const rows = parts.reduce((sum, part) => sum + (part?.shape[0] ?? 0), 0);
    return { name, dataType, data, shape: batch.length === 1 ? shape : [rows, ...shape.slice(1)] };
  });
}

/**
 * The outputs of each inference of a batch; they share the memory of the whole.
 *
 * @param rows the number of rows of each inference
 * @returns `null` when the outputs do not have one row for each of the inputs
 */
export function divide(outputs: readonly Tensor[], rows: readonly number[]): readonly (readonly Tensor[])[] | null {
  const all = rows.reduce((sum, count) => sum + count, 0);
  if (outputs.some(({ shape }) => shape[0] !== all || elementCount(shape) === 0)) return null;
  let start = 0;
  return rows.map((count) => {
    const from = start;
    start += count;
    return outputs.map((output) => {
      const row = output.data.length / all;
      return {
        ...output,
        shape: [count, ...output.shape.slice(1)],
        data: output.data.subarray(from * row, (from + count) * row),
      };
    });
  });
}
