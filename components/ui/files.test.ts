import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sortFiles } from './files.ts';

const png = { name: 'seven.png', type: 'image/png', size: 300 };
const text = { name: 'notes.txt', type: 'text/plain', size: 20 };
const onnx = { name: 'Model.ONNX', type: '', size: 2_000_000 };

test('a file is taken by its type or by the end of its name', () => {
  assert.deepEqual(sortFiles([png], { accept: ['image/*'] }), { taken: [png], refusals: [] });
  assert.deepEqual(sortFiles([png], { accept: ['image/png'] }).taken, [png]);
  assert.deepEqual(sortFiles([onnx], { accept: ['.onnx'] }).taken, [onnx]);
  assert.deepEqual(sortFiles([text], {}).taken, [text]);
});

test('a file of another kind is refused with what is taken, and the others stay', () => {
  assert.deepEqual(sortFiles([text, png], { accept: ['image/png', '.onnx'], multiple: true }), {
    taken: [png],
    refusals: ['notes.txt is not one of: PNG image, .onnx file.'],
  });
  assert.deepEqual(sortFiles([text], { accept: ['image/*'] }).refusals, ['notes.txt is not one of: image.']);
});

test('an empty file and one that is too large are refused', () => {
  const empty = { ...png, size: 0 };
  assert.deepEqual(sortFiles([empty, onnx], { maxBytes: 1024, multiple: true }), {
    taken: [],
    refusals: ['seven.png is empty.', 'Model.ONNX has 1.9 MiB; at most 1 KiB are taken.'],
  });
});

test('where one file is taken, the second one is refused', () => {
  const second = { ...png, name: 'eight.png' };
  const { taken, refusals } = sortFiles([png, second], {});
  assert.deepEqual(taken, [png]);
  assert.match(refusals[0] ?? '', /eight\.png was left out/);
});
