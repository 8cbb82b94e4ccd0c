/** A loaded model as the engine runs it. */
import { ENVELOPE_OVERHEAD } from '../dx/envelope.ts';
import { executeMessage } from '../inference/execute.ts';
import type { LoadedModel } from '../inference/types.ts';
import { maxRequestBytes } from '../inference/validate.ts';
import type { Description } from '../market/types.ts';
import type { Executor } from './ports.ts';

/**
 * Makes the executor of a loaded model.
 *
 * @param measuredMs the time of an inference, measured just now
 * @param release lets go of the model
 * @param atOnce how many inferences it may be given at a time, asked each time; default: as many as it likes
 */
export function executorOf(
  loaded: LoadedModel,
  description: Description,
  measuredMs: number,
  release: () => Promise<void>,
  atOnce: () => number = () => Infinity,
): Executor {
  return {
    get concurrency() {
      return Math.min(loaded.concurrency, atOnce());
    },
    get ahead() {
      return Math.max(0, Math.min(loaded.ahead ?? 0, atOnce() - loaded.concurrency));
    },
    maxPayloadBytes: maxRequestBytes(description) + ENVELOPE_OVERHEAD,
    measuredMs,
    execute: (request, until) => executeMessage(loaded, description, request, until),
    release,
  };
}
