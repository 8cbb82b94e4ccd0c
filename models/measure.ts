/** How well a trained model tells digits apart, measured with the runtime that providers run it with. */
import { InferenceSession, Tensor } from 'onnxruntime-node';

import type { ImageInput } from '../lib/market/types.ts';
import { digitSize, type Digit } from './digits.ts';

export interface Accuracy {
  readonly correct: number;
  readonly of: number;
}

/** A trained model, ready to run. */
export interface Classifier {
  readonly session: InferenceSession;
  /** The logits of each digit; digits that are given together run as one batch. */
  readonly logits: (digits: readonly Digit[]) => Promise<Float32Array[]>;
}

/**
 * Loads a model of digits.
 *
 * @param bytes its ONNX file
 * @param image how pixels become its input
 */
export async function loadClassifier(bytes: Uint8Array, image: ImageInput): Promise<Classifier> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const [input, output] = [session.inputNames[0] ?? '', session.outputNames[0] ?? ''];
  const [mean = 0, std = 1] = [image.mean[0], image.std[0]];
  return {
    session,
    logits: async (digits) => {
      const values = Float32Array.from(
        digits.flatMap(({ pixels }) => Array.from(pixels, (value) => (value / 255 - mean) / std)),
      );
      const tensor = new Tensor('float32', values, [digits.length, 1, digitSize, digitSize]);
      const data = (await session.run({ [input]: tensor }))[output]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`${output} of the model is no tensor of 32-bit floats.`);
      const classes = data.length / digits.length;
      return digits.map((_, index) => data.slice(index * classes, (index + 1) * classes));
    },
  };
}

/** How many digits the model gives the right class, which is the place of the largest logit. */
export async function accuracy({ logits }: Classifier, digits: readonly Digit[]): Promise<Accuracy> {
  let correct = 0;
  for (let start = 0; start < digits.length; start += 100) {
    const batch = digits.slice(start, start + 100);
    const answers = await logits(batch);
    correct += batch.filter(({ label }, index) => classOf(answers[index]) === label).length;
  }
  return { correct, of: digits.length };
}

function classOf(logits: Float32Array | undefined): number {
  return logits === undefined ? -1 : logits.indexOf(Math.max(...logits));
}
