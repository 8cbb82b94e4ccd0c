/** How long an inference takes on this machine. */
import type { Description } from '../market/types.ts';
import { sampleInputs } from './samples.ts';
import type { LoadedModel } from './types.ts';

/** How long inferences take, one after the other, from the request to the response, in milliseconds. */
export interface Measurement {
  readonly runs: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Nine of ten were not slower. */
  readonly p90Ms: number;
}

export interface MeasureOptions {
  readonly signal: AbortSignal;
  /** Called after each inference. */
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Runs made-up inferences one after the other, after one that does not count: the first allocates.
 *
 * @param runs how many are measured, at least 1
 * @throws what {@link LoadedModel.run} throws, and the reason of the signal
 */
export async function measureRuns(
  model: LoadedModel,
  description: Description,
  runs: number,
  { signal, onProgress }: MeasureOptions,
): Promise<Measurement> {
  if (!Number.isSafeInteger(runs) || runs < 1)
    throw new RangeError(`${runs} inferences cannot be measured; at least 1.`);
  const request = { inputs: sampleInputs(description) };
  await model.run(request, signal);
  const times: number[] = [];
  for (let done = 1; done <= runs; done++) {
    const began = performance.now();
    await model.run(request, signal);
    times.push(performance.now() - began);
    onProgress?.(done, runs);
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(runs - 1, Math.ceil(runs * part) - 1)] ?? 0;
  const median = runs % 2 === 1 ? at(0.5) : (at(0.5) + (times[runs / 2] ?? 0)) / 2;
  return { runs, medianMs: median, minMs: times[0] ?? 0, maxMs: times[runs - 1] ?? 0, p90Ms: at(0.9) };
}
