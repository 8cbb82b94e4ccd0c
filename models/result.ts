/** What training leaves in public/models/resnet-mnist: the model, what it is, how good it is, and digits to try it on. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { root } from '../scripts/lib/paths.ts';
import type { Description } from '../lib/market/types.ts';
import type { Digit } from './digits.ts';
import type { Accuracy } from './measure.ts';

const folder = join(root, 'public', 'models', 'resnet-mnist');

/** Where everything lies. */
export const files = {
  folder,
  model: join(folder, 'model.onnx'),
  description: join(folder, 'description.json'),
  card: join(folder, 'card.json'),
  testImages: join(folder, 'test-images'),
  testImagesLicence: join(folder, 'test-images.LICENSE.txt'),
} as const;

/** What train.py says of the model that it trained. */
export interface Training {
  readonly architecture: string;
  /** How many numbers the weights hold. */
  readonly parameters: number;
  readonly mean: number;
  readonly std: number;
  readonly epochs: number;
  readonly seed: number;
  readonly framework: string;
}

/** What is known of the model beside its description. */
export interface Card {
  readonly name: string;
  readonly licence: string;
  readonly file: { readonly name: string; readonly size: number; readonly sha256: string };
  readonly architecture: string;
  readonly parameters: number;
  readonly accuracy: { readonly test: Accuracy; readonly validation: Accuracy };
  readonly data: {
    readonly package: string;
    readonly licence: string;
    readonly splitSeed: number;
    readonly training: number;
    readonly validation: number;
    readonly test: number;
  };
  readonly training: { readonly framework: string; readonly epochs: number; readonly seed: number };
}

/** The description that the model is registered with. */
export function describeModel({ mean, std }: Pick<Training, 'mean' | 'std'>): Description {
  return {
    name: 'ResNet MNIST',
    licence: 'Apache-2.0',
    inputs: [{ name: 'image', dataType: 'FP32', shape: [null, 1, 28, 28] }],
    outputs: [{ name: 'logits', dataType: 'FP32', shape: [null, 10] }],
    image: { channels: 'gray', layout: 'nchw', fit: 'contain', mean: [mean], std: [std] },
    labels: { kind: 'inline', names: Array.from({ length: 10 }, (_, digit) => String(digit)) },
    tolerance: 0.001,
  };
}

/** A test image's file name: its class, and its place among the digits of that class. */
export function testImageName({ label, index }: Pick<Digit, 'label' | 'index'>): string {
  return `${label}-${String(index).padStart(4, '0')}.png`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
