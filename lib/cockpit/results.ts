/** Results as they are kept and shown. */
import type { InferenceResult } from '../consumer/types.ts';
import { classify, type RankedClass } from '../inference/classify.ts';
import type { InferenceResponse } from '../inference/types.ts';
import { describedOutputs } from '../inference/validate.ts';
import type { Description } from '../market/types.ts';
import type { InferenceInfo } from './types.ts';

const keptClasses = 10;
/** A larger result is shown by its classes and not kept as a whole. */
const maxKeptBytes = 256 * 1024;

/** What a model is, as far as its results need it. */
export interface ResultContext {
  readonly description: Description;
  /** The names of its classes. */
  readonly labels: readonly string[];
}

/**
 * What becomes of an inference with its result.
 *
 * @param context of the model; `null` when it is not known any more
 */
export function fieldsOf(result: InferenceResult, context: ResultContext | null): Partial<InferenceInfo> {
  const { state, index, payload, times } = result;
  const common = { state, index, payload, times };
  if (result.state === 'answered') {
    const { response, paid, block } = result;
    return {
      ...common,
      ...{ stage: 'opened', paid, refunded: 0n, block, explanation: null },
      classes: context === null ? null : classesOf(response, context),
      response: sizeOf(response) <= maxKeptBytes ? response : null,
    };
  }
  return {
    ...common,
    explanation: result.explanation,
    paid: 'paid' in result ? result.paid : 0n,
    refunded: 'refunded' in result ? result.refunded : 0n,
    block: 'block' in result ? result.block : null,
  };
}

/** The most probable classes, where the model says that its first output are those of an image. */
function classesOf(response: InferenceResponse, { description, labels }: ResultContext): readonly RankedClass[] | null {
  if (description.image === null && description.labels.kind === 'none') return null;
  try {
    const [first] = describedOutputs(description, response);
    return first === undefined ? null : classify(first, keptClasses, labels);
  } catch {
    // The provider answered with something else than the description says: there are no classes in it.
    return null;
  }
}

function sizeOf({ outputs }: InferenceResponse): number {
  return outputs.reduce((sum, { data }) => sum + data.length, 0);
}
