import assert from 'node:assert/strict';
import { test } from 'node:test';

import { imageToTensor } from '../inference/image.ts';
import type { Description, ImageInput } from '../market/types.ts';
import { tensorToPixels } from './fed.ts';

function taking(image: ImageInput | null, shape: readonly (number | null)[]): Description {
  return {
    ...{ name: 'Model', licence: 'MIT', outputs: [], labels: { kind: 'none' }, tolerance: 0, image },
    inputs: [{ name: 'image', dataType: 'FP32', shape }],
  };
}

/** An image of 3 by 2 pixels of many colors. */
const width = 3;
const height = 2;
const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256));
const image = { data, width, height };

for (const channels of ['rgb', 'bgr'] as const) {
  for (const layout of ['nchw', 'nhwc'] as const) {
    test(`what a model of ${channels} in ${layout} is fed looks like the image`, () => {
      const rules = {
        channels,
        layout,
        fit: 'stretch',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      } as const;
      const shape = layout === 'nchw' ? [null, 3, height, width] : [null, height, width, 3];
      const description = taking(rules, shape);
      assert.deepEqual(tensorToPixels(imageToTensor(image, description), description), image);
    });
  }
}

test('a model of grays is fed grays of another size', () => {
  const rules = { channels: 'gray', layout: 'nchw', fit: 'stretch', mean: [0.1307], std: [0.3081] } as const;
  const description = taking(rules, [null, 1, 4, 6]);
  const white = { width: 2, height: 2, data: new Uint8ClampedArray(16).fill(255) };
  const fed = tensorToPixels(imageToTensor(white, description), description);
  assert.deepEqual(fed, { width: 6, height: 4, data: new Uint8ClampedArray(96).fill(255) });
});

test('a model that takes no images, and a tensor that is none, are refused', () => {
  const rules = { channels: 'gray', layout: 'nchw', fit: 'stretch', mean: [0], std: [1] } as const;
  const tensor = { name: 'image', dataType: 'FP32', shape: [1, 2], data: new Uint8Array(8) } as const;
  assert.throws(() => tensorToPixels(tensor, taking(null, [1, 2])), { name: 'InvalidTensor' });
  assert.throws(() => tensorToPixels(tensor, taking(rules, [1, 2])), { name: 'InvalidTensor' });
});
