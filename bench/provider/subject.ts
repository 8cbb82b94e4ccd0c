/** What is run: a model, and images for it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readInputs } from '../../cli/inputs.ts';
import type { InferenceRequest, Tensor } from '../../lib/inference/types.ts';
import { readResnet, resnetFolder, type ModelFile } from '../../scripts/demo/marketplace.ts';
import { seededRandom } from '../../models/random.ts';
import { buildResNet50 } from '../onnx/resnet.ts';

export interface Subject extends ModelFile {
  readonly name: string;
  /** Different inputs, which are asked for in turn. */
  readonly requests: readonly InferenceRequest[];
  /** How many agreements there are at a time, and how many inferences each has, which are all requested at once. */
  readonly agreements: number;
  readonly inferences: number;
  /** Whether single inferences are measured as well, stage by stage. */
  readonly measuresSteps: boolean;
}

/** As many requests as an agreement may have in flight. */
const mostInFlight = 1024;

/** The trained model of `public/models`, with its held-out images. */
export async function demoModel(): Promise<Subject> {
  const model = await readResnet();
  const folder = join(resnetFolder, 'test-images');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  const inputs = await readInputs(
    files.map((name) => join(folder, name)),
    model.description,
  );
  const requests = inputs.map(({ request }) => {
    if (request instanceof Uint8Array) throw new Error('An image was read as a framed request.');
    return request;
  });
  return { name: 'demo model', ...model, requests, agreements: 4, inferences: mostInFlight, measuresSteps: true };
}

/** The size of ResNet-50, with made-up weights and made-up images. */
export function madeUpResNet50(): Subject {
  const { bytes, description } = buildResNet50({ seed: 50 });
  const random = seededRandom(224);
  const shape = [1, 3, 224, 224];
  const requests = Array.from({ length: 8 }, (): InferenceRequest => {
    const numbers = Float32Array.from({ length: 3 * 224 * 224 }, () => random() * 4 - 2);
    const image: Tensor = { name: 'image', dataType: 'FP32', shape, data: new Uint8Array(numbers.buffer) };
    return { inputs: [image] };
  });
  return {
    name: 'ResNet-50',
    bytes,
    description,
    requests,
    agreements: 1,
    inferences: mostInFlight,
    measuresSteps: false,
  };
}

/** The one input tensor of a request. */
export function imageOf({ inputs: [image, ...others] }: InferenceRequest): Tensor {
  if (image === undefined || others.length > 0) throw new Error('Only models with one input can be measured.');
  return image;
}
