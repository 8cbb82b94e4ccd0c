/** From the numbers of a classifier to names and probabilities. */
import type { Labels } from '../market/types.ts';
import { toNumbers } from './tensor.ts';
import type { Tensor } from './types.ts';

/** One class of a classifier's result. */
export interface RankedClass {
  readonly index: number;
  /** Its name, or its index where it has none. */
  readonly label: string;
  /** From 0 to 1. */
  readonly probability: number;
}

/** The softmax of logits: numbers from 0 to 1 that add up to 1, and keep their order. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  // The largest is taken away first, so that no exponential overflows.
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * The `k` most probable classes, the most probable first; of equal ones the lower index first.
 *
 * @param labels the names of the classes by index; a missing one is replaced by its index
 */
export function topK(probabilities: ArrayLike<number>, k: number, labels: readonly string[] = []): RankedClass[] {
  return Array.from(probabilities, (probability, index) => ({ index, probability, label: labels[index] ?? `${index}` }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, k);
}

/**
 * The `k` most probable classes of a classifier's first output, which holds the logits of one image.
 *
 * @throws {InvalidTensor} when the tensor holds no numbers
 */
export function classify(logits: Tensor, k: number, labels: readonly string[] = []): RankedClass[] {
  return topK(softmax(toNumbers(logits)), k, labels);
}

/** The names of the classes. `text` is what lies under the labels' content id, a name a line, if they have one. */
export function labelNames(labels: Labels, text?: string): readonly string[] {
  if (labels.kind === 'inline') return labels.names;
  if (labels.kind === 'none' || text === undefined) return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
