/**
 * What stands in for the ResNet-50 of the ONNX model zoo, which tests do not download: a network of its size with its
 * inputs and outputs, with made-up weights, and a thousand made-up labels.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { buildResNet50 } from '../../bench/onnx/resnet.ts';
import type { Commands } from './tutorial.ts';

/** Provides the files that the block of the tutorial would have downloaded into `~/airo-tutorial`. */
export async function provideResNet50({ text }: Commands, home: string): Promise<void> {
  const folder = join(home, 'airo-tutorial');
  for (const name of ['resnet50.onnx', 'synset.txt']) {
    if (!text.includes(name)) throw new Error(`The block that is not run downloads no ${name}:\n${text}`);
  }
  const { bytes } = buildResNet50({ seed: 50, input: 'data', output: 'resnetv17_dense0_fwd' });
  await writeFile(join(folder, 'resnet50.onnx'), bytes);
  const labels = Array.from({ length: 1000 }, (_, i) => `made-up class ${i}`);
  await writeFile(join(folder, 'synset.txt'), labels.join('\n'));
}
