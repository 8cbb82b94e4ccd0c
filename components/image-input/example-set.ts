/** Images that come with the Cockpit, for models that they fit. */
import type { Description } from '../../lib/market/types.ts';

export interface Example {
  readonly label: string;
  /** On the Cockpit's own origin. */
  readonly url: string;
}

/** Two of each digit, from the held-out part of MNIST: no model was trained with them. */
const digits = [
  '0-0200',
  '0-0246',
  '1-0217',
  '1-0656',
  '2-0281',
  '2-0358',
  '3-0058',
  '3-0755',
  '4-0001',
  '4-0161',
  '5-0106',
  '5-0199',
  '6-0365',
  '6-0374',
  '7-0046',
  '7-0205',
  '8-0040',
  '8-0165',
  '9-0625',
  '9-0795',
];

/** The examples for a model: handwritten digits for one that tells digits apart, none for others. */
export function examplesFor({ image, labels }: Description): readonly Example[] {
  if (image === null || labels.kind !== 'inline') return [];
  const names = new Set(labels.names);
  if (!'0123456789'.split('').every((digit) => names.has(digit))) return [];
  return digits.map((name) => ({
    label: `Handwritten ${name[0] ?? ''} (${name})`,
    url: `/models/resnet-mnist/test-images/${name}.png`,
  }));
}
