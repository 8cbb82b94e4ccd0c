/** Made-up requests, to warm a model up, to compare what runs it, and to measure how long it takes. */
import type { Description } from '../market/types.ts';
import { elementCount, elementSize, fromNumbers } from './tensor.ts';
import type { Tensor } from './types.ts';

/** What stands for a free dimension other than the batch, of a model that takes any size. */
const usualDimension = 224;

const floating = new Set(['FP16', 'FP32', 'FP64', 'BF16']);

/**
 * Inputs of the described shapes. Floating point is spread over -1 to 1, the same each time; whole numbers are 0, which
 * is an index into everything, and texts are empty.
 *
 * @param rows the first dimension where that is free
 */
export function sampleInputs(description: Description, rows = 1): readonly Tensor[] {
  return description.inputs.map(({ name, dataType, shape: described }): Tensor => {
    const shape = described.map((dimension, index) => dimension ?? (index === 0 ? rows : usualDimension));
    const count = elementCount(shape);
    if (floating.has(dataType)) {
      // Neighbours differ, and so do rows: with the golden ratio no two of the values are alike.
      return fromNumbers(name, dataType, shape, spread(count));
    }
    // An element of BYTES is its length in 32 bits; an empty one has nothing else.
    return { name, dataType, shape, data: new Uint8Array(count * (elementSize(dataType) ?? 4)) };
  });
}

function spread(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * 0.618_033_988_75) % 1) * 2 - 1);
}
