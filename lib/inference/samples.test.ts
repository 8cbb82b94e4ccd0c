import assert from 'node:assert/strict';
import { test } from 'node:test';

import { descriptions, describeTensors } from '../../test/support/inference.ts';
import { toNumbers } from './tensor.ts';
import { validateInputs, validateOneInference } from './validate.ts';
import { sampleInputs } from './samples.ts';

for (const [name, description] of Object.entries(descriptions)) {
  test(`samples for ${name} are what its description says`, () => {
    validateOneInference(description, { inputs: sampleInputs(description) });
    validateInputs(description, { inputs: sampleInputs(description, 3) });
  });
}

test('floating point is spread over its range, with rows that differ, and the same each time', () => {
  const [two] = sampleInputs(descriptions.classifier, 2);
  assert.deepEqual(two?.shape, [2, 1, 8, 8]);
  const values = [...toNumbers(two)];
  assert.ok(values.every((value) => value >= -1 && value <= 1));
  assert.ok(Math.min(...values) < -0.9 && Math.max(...values) > 0.9);
  assert.equal(new Set(values).size, values.length);
  assert.deepEqual(sampleInputs(descriptions.classifier, 2), [two]);
});

test('a model that takes any size gets a usual one, and whole numbers are zero', () => {
  const description = describeTensors(
    [
      { name: 'image', dataType: 'UINT8', shape: [null, 3, null, null] },
      { name: 'text', dataType: 'BYTES', shape: [2] },
    ],
    [{ name: 'logits', dataType: 'FP32', shape: [null, 3] }],
  );
  const [image, text] = sampleInputs(description);
  assert.deepEqual(image?.shape, [1, 3, 224, 224]);
  assert.ok(image.data.every((value) => value === 0));
  assert.deepEqual(text?.data, new Uint8Array(8));
});
