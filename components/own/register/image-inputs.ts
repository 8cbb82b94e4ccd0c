/** The fields of an image's means and deviations. */
import type { Input } from '../../ui/use-input.ts';
import { channelCount, type DescriptionFields, type ImageFields } from './description-fields.ts';
import { draftInput, type Touched } from './draft-input.ts';
import { parseNumbers } from './numbers-text.ts';

export interface ImageInputs {
  readonly mean: Input<unknown>;
  readonly std: Input<unknown>;
  readonly all: readonly Input<unknown>[];
}

/** Both fields, read by the number of channels. */
export function imageInputs(
  { image }: DescriptionFields,
  change: (changed: Partial<DescriptionFields>) => void,
  touched: Touched,
): ImageInputs {
  const set = (changed: Partial<ImageFields>) => change({ image: { ...image, ...changed } });
  const count = channelCount(image.channels);
  const mean = draftInput(
    'mean',
    image.mean,
    (text) => set({ mean: text }),
    (text) => parseNumbers(text, { count }),
    touched,
  );
  const std = draftInput(
    'std',
    image.std,
    (text) => set({ std: text }),
    (text) => parseNumbers(text, { count, positive: true }),
    touched,
  );
  return { mean, std, all: [mean, std] };
}
