import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';

import sharp from 'sharp';

import type { Description } from '../lib/market/types.ts';
import { digitsSource, splitDigits, splitSeed, type Digit, type Split } from './digits.ts';
import { accuracy, loadClassifier, type Classifier } from './measure.ts';
import { describeModel, files, sha256, testImageName, type Card } from './result.ts';

const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as unknown;

let bytes: Uint8Array;
let card: Card;
let description: Description;
let split: Split;
let classifier: Classifier;
before(async () => {
  bytes = await readFile(files.model);
  card = (await read(files.card)) as Card;
  description = (await read(files.description)) as Description;
  split = await splitDigits();
  assert.ok(description.image);
  classifier = await loadClassifier(bytes, description.image);
});

test('the file is the one that the card is about', () => {
  assert.deepEqual(card.file, { name: 'model.onnx', size: bytes.length, sha256: sha256(bytes) });
  assert.ok(bytes.length <= 400_000, 'it stays small enough for every page that loads it');
});

test('the card states exactly the accuracy that is measured on the held-out digits', async () => {
  assert.deepEqual(await accuracy(classifier, split.test), card.accuracy.test);
  assert.deepEqual(await accuracy(classifier, split.validation), card.accuracy.validation);
  assert.ok(card.accuracy.test.correct >= 0.985 * card.accuracy.test.of);
});

test('the card states the digits and the split that the model was made from', () => {
  const { training, validation, test } = split;
  const { licenceFile, ...source } = digitsSource();
  assert.deepEqual(card.data, {
    ...source,
    splitSeed,
    training: training.length,
    validation: validation.length,
    test: test.length,
  });
});

test('the description says what the file really takes and gives', () => {
  const { inputMetadata, outputMetadata } = classifier.session;
  for (const [specs, metadata] of [
    [description.inputs, inputMetadata],
    [description.outputs, outputMetadata],
  ] as const) {
    assert.deepEqual(
      metadata.map((value) => {
        assert.ok(value.isTensor);
        assert.equal(value.type, 'float32');
        const shape = value.shape.map((size) => (typeof size === 'string' ? null : size));
        return { name: value.name, dataType: 'FP32', shape };
      }),
      specs,
    );
  }
  assert.ok(description.image);
  const [mean = NaN] = description.image.mean;
  const [std = NaN] = description.image.std;
  assert.deepEqual(description, describeModel({ mean, std }));
  assert.equal(description.name, card.name);
  assert.equal(description.licence, card.licence);
});

test('a digit gets the same logits alone and within a batch', async () => {
  const digits = split.test.filter((_, index) => index % 40 === 0);
  const together = await classifier.logits(digits);
  for (const [index, digit] of digits.entries()) {
    const [alone] = await classifier.logits([digit]);
    assert.equal(alone?.length, 10);
    const differences = alone.map((value, place) => Math.abs(value - (together[index]?.[place] ?? NaN)));
    assert.ok(Math.max(...differences) <= 1e-5, `digit ${index} differs by ${Math.max(...differences)}`);
  }
});

test('the test images are four held-out digits of each class, pixel by pixel', async () => {
  const names = (await readdir(files.testImages)).sort();
  const digits = new Map<string, Digit>(split.test.map((digit) => [testImageName(digit), digit]));
  assert.equal(names.length, 40);
  for (const name of names) {
    const digit = digits.get(name);
    assert.ok(digit, `${name} is not among the held-out digits`);
    const { data, info } = await sharp(await readFile(join(files.testImages, name)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [28, 28]);
    const gray = data.filter((_, at) => at % info.channels === 0);
    assert.deepEqual(Uint8Array.from(gray), digit.pixels, name);
  }
  assert.deepEqual(await readFile(files.testImagesLicence), await readFile(digitsSource().licenceFile));
  for (let label = 0; label < 10; label += 1) {
    assert.equal(names.filter((name) => name.startsWith(`${label}-`)).length, 4);
  }
});
