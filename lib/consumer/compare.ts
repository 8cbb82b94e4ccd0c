/** N of M: whether several providers gave the same result. */
import { distanceOf } from '../inference/distance.ts';
import type { InferenceResponse, Tensor } from '../inference/types.ts';
import { describedOutputs } from '../inference/validate.ts';
import type { Description } from '../market/types.ts';

export interface Comparison {
  /** The places of results that agree with one another, the largest group first. */
  readonly groups: readonly (readonly number[])[];
  /** Whether all agree. */
  readonly agree: boolean;
  /** The group that has more than half of all results, or `null` if none has. */
  readonly majority: readonly number[] | null;
  /** By how much any two results differ at most in an element; infinite where they cannot be compared. */
  readonly largestDifference: number;
}

/**
 * Compares the results of several providers for the same input. Two agree when each element of each described output
 * differs by at most the model's tolerance. A result joins the first group with whose every member it agrees, so that
 * small steps do not add up to a large one.
 *
 * @param responses `null` where a provider gave none; that one agrees with nobody
 */
export function compareResults(description: Description, responses: readonly (InferenceResponse | null)[]): Comparison {
  const outputs = responses.map((response) => outputsOf(description, response));
  let largestDifference = 0;
  const distances = outputs.map((a, i) =>
    outputs.map((b, j) => {
      const distance = i === j ? 0 : a === null || b === null ? Infinity : distanceOf(a, b);
      largestDifference = Math.max(largestDifference, distance);
      return distance;
    }),
  );
  const groups: number[][] = [];
  responses.forEach((_, place) => {
    const agrees = (other: number) => (distances[place]?.[other] ?? Infinity) <= description.tolerance;
    const group = groups.find((members) => members.every(agrees));
    if (group === undefined) groups.push([place]);
    else group.push(place);
  });
  groups.sort((a, b) => b.length - a.length);
  const [largest] = groups;
  return {
    groups,
    agree: groups.length === 1,
    majority: largest !== undefined && largest.length * 2 > responses.length ? largest : null,
    largestDifference,
  };
}

function outputsOf(description: Description, response: InferenceResponse | null): readonly Tensor[] | null {
  if (response === null) return null;
  try {
    return describedOutputs(description, response);
  } catch {
    return null;
  }
}
