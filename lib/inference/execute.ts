/** One paid inference, from the message of the request to that of the response. */
import type { Description } from '../market/types.ts';
import { frame, unframe } from './message.ts';
import { decodeRequest, encodeResponse } from './open-inference.ts';
import type { LoadedModel } from './types.ts';
import { describedOutputs, validateOneInference } from './validate.ts';

/**
 * Runs the request of a message and returns the message of its response, with all described outputs in binary.
 *
 * @throws {InvalidRequest} when the message holds no request of the Open Inference Protocol
 * @throws {InvalidTensor} when the inputs are not one inference of the described model
 * @throws what {@link LoadedModel.run} throws
 */
export async function executeMessage(
  model: LoadedModel,
  description: Description,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const request = decodeRequest(unframe(message));
  validateOneInference(description, request);
  const response = await model.run(request, signal);
  return frame(encodeResponse({ ...response, outputs: describedOutputs(description, response) }));
}
