import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { readOnnxHeader } from './onnx.ts';

const file = new Uint8Array(
  await readFile(join(import.meta.dirname, '..', '..', 'public', 'models', 'resnet-mnist', 'model.onnx')),
);

/** A protobuf field: a number, or bytes. */
function field(number: number, value: number | readonly number[]): number[] {
  if (typeof value === 'number') return [number * 8, value];
  return [number * 8 + 2, value.length, ...value];
}
const text = (value: string) => [...new TextEncoder().encode(value)];
const graph = field(7, field(2, text('main')));

test("the demo's model says what it is", () => {
  const { irVersion, opset, producer } = readOnnxHeader(file);
  assert.ok(irVersion >= 3 && opset >= 7, `${irVersion} ${opset}`);
  assert.match(producer, /\S/);
});

test('operator sets of other domains do not count as its own', () => {
  const bytes = [
    ...field(1, 8),
    ...field(2, text('maker')),
    ...field(3, text('1.0')),
    ...graph,
    ...field(8, [...field(1, text('ai.onnx.ml')), ...field(2, 3)]),
    ...field(8, field(2, 17)),
  ];
  assert.deepEqual(readOnnxHeader(Uint8Array.from(bytes)), { irVersion: 8, opset: 17, producer: 'maker 1.0' });
});

for (const [what, bytes] of [
  ['nothing', []],
  ['a PNG', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['a text', text('This is not a model.')],
  ['a model without a graph', [...field(1, 8), ...field(8, field(2, 17))]],
  ['a model without operators', [...field(1, 8), ...graph]],
  ['a model of no version', [...graph, ...field(8, field(2, 17))]],
  ['half a model', [...file.subarray(0, file.length / 2)]],
  ['a number without an end', Array<number>(20).fill(0xff)],
] as const) {
  test(`${what} is no ONNX`, () => {
    assert.throws(() => readOnnxHeader(Uint8Array.from(bytes)), { name: 'NotOnnx' });
  });
}
