/** How long an inference takes in this browser. */
import type { Description } from '../../market/types.ts';
import type { LoadedModel } from '../types.ts';
import { sampleInputs } from './samples.ts';
import type { MeasureOptions, Measurement } from './types.ts';

/** Runs made-up inferences one after the other; see `BrowserModel.measure`. */
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
