/** From files to requests. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { imageToTensor } from '../lib/inference/image.ts';
import { unframe } from '../lib/inference/message.ts';
import { decodeRequest } from '../lib/inference/open-inference.ts';
import type { InferenceRequest } from '../lib/inference/types.ts';
import { validateOneInference } from '../lib/inference/validate.ts';
import type { Input } from '../lib/consumer/types.ts';
import type { Description } from '../lib/market/types.ts';
import { UsageError } from '../scripts/lib/options.ts';
import { fileProblem } from './settings.ts';

/** How many images are decoded at a time. */
const parallel = 4;

/**
 * Reads files as inputs of a model: a PNG or JPEG becomes its first tensor as the description says; a `.json` file is a
 * request of the Open Inference Protocol; any other file is one in binary, framed as in `lib/inference/message.ts`.
 *
 * @throws {UsageError} when a file cannot be read, or is no input of this model, with the file's name
 */
export async function readInputs(paths: readonly string[], description: Description): Promise<readonly Input[]> {
  const labels = labelsOf(paths);
  const inputs: Input[] = [];
  for (let first = 0; first < paths.length; first += parallel) {
    const part = paths.slice(first, first + parallel);
    const requests = await Promise.all(part.map((path) => readInput(path, description)));
    inputs.push(...requests.map((request, i) => ({ label: labels[first + i] ?? '', request })));
  }
  return inputs;
}

async function readInput(path: string, description: Description): Promise<InferenceRequest> {
  let data: Uint8Array;
  try {
    data = await readFile(path);
  } catch (error) {
    throw new UsageError(`FILE: ${fileProblem(path, error)}`, { cause: error });
  }
  try {
    const request = await requestFrom(path, data, description);
    validateOneInference(description, request);
    return request;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} is no input of the model ${description.name}: ${reason}`, { cause: error });
  }
}

async function requestFrom(path: string, data: Uint8Array, description: Description): Promise<InferenceRequest> {
  if (isImage(data)) {
    // What decodes images takes a while to load.
    const { decodeImage } = await import('../lib/inference/image.node.ts');
    return { inputs: [imageToTensor(await decodeImage(data), description)] };
  }
  if (path.toLowerCase().endsWith('.json')) return decodeRequest({ headerLength: null, body: data });
  return decodeRequest(unframe(data));
}

function isImage(data: Uint8Array): boolean {
  const begins = (bytes: readonly number[]) => bytes.every((byte, i) => data[i] === byte);
  return begins([0x89, 0x50, 0x4e, 0x47]) || begins([0xff, 0xd8, 0xff]);
}

/** The names of the files, without their folders where that is clear enough. */
function labelsOf(paths: readonly string[]): readonly string[] {
  const names = paths.map((path) => basename(path));
  return new Set(names).size === new Set(paths).size ? names : paths;
}
