/** How far apart two results of a model are. */
import { toNumbers } from './tensor.ts';
import type { Tensor } from './types.ts';

/**
 * The largest difference between elements in the same place of two results; infinite when anything else differs, such as
 * a shape, a text, or that one of two elements is no number.
 */
export function distanceOf(a: readonly Tensor[], b: readonly Tensor[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, tensor, i) => Math.max(most, tensorDistance(tensor, b[i])), 0);
}

function tensorDistance(a: Tensor, b: Tensor | undefined): number {
  if (a.shape.join() !== b?.shape.join() || a.dataType !== b.dataType) return Infinity;
  if (a.dataType === 'BYTES') {
    return a.data.length === b.data.length && a.data.every((byte, i) => byte === b.data[i]) ? 0 : Infinity;
  }
  const [left, right] = [toNumbers(a), toNumbers(b)];
  let most = 0;
  for (let i = 0; i < left.length; i++) {
    const [x = NaN, y = NaN] = [left[i], right[i]];
    if (Object.is(x, y) || x === y) continue;
    const difference = Math.abs(x - y);
    // Only one of them is no number, or they are infinities of different signs.
    most = Math.max(most, Number.isNaN(difference) ? Infinity : difference);
  }
  return most;
}
