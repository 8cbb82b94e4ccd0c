/** How long an inference takes on this machine. */
import type { InferenceRequest, LoadedModel, Tensor } from '../../lib/inference/types.ts';
import { elementSize } from '../../lib/inference/tensor.ts';
import type { Description } from '../../lib/market/types.ts';

/** What stands for a free dimension other than the batch, of a model that takes any size. */
const usualDimension = 224;

/** One inference before the clock runs: the first allocates. */
const warmUps = 1;
const measured = 5;

/** A request for one inference with inputs of the described shapes, all zero; texts are empty. */
export function syntheticRequest(description: Description): InferenceRequest {
  const inputs = description.inputs.map(({ name, dataType, shape: described }): Tensor => {
    const shape = described.map((dimension, index) => dimension ?? (index === 0 ? 1 : usualDimension));
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    // An element of BYTES is its length in 32 bits; an empty one has nothing else.
    return { name, dataType, shape, data: new Uint8Array(elements * (elementSize(dataType) ?? 4)) };
  });
  return { inputs };
}

/**
 * The median time of an inference in milliseconds, of a few one after the other.
 *
 * @throws what the model throws when it cannot run a synthetic request
 */
export async function measureInference(
  model: LoadedModel,
  description: Description,
  signal: AbortSignal,
): Promise<number> {
  const request = syntheticRequest(description);
  const times: number[] = [];
  for (let run = 0; run < warmUps + measured; run++) {
    const began = performance.now();
    await model.run(request, signal);
    if (run >= warmUps) times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(measured / 2)] ?? 0;
}
