import assert from 'node:assert/strict';
import { test } from 'node:test';

import { InferenceSession, Tensor } from 'onnxruntime-node';

import { onnxFile } from './proto.ts';

test('weights, their order and the attributes of nodes arrive in ONNX Runtime as they were written', async () => {
  // 200 columns, so that lengths and dimensions need more than one byte.
  const weights = Float32Array.from({ length: 2 * 200 }, (_, index) => index / 8);
  const bytes = onnxFile({
    name: 'transpose',
    inputs: [{ name: 'x', shape: ['rows', 200] }],
    outputs: [{ name: 'y', shape: ['rows', 2] }],
    nodes: [
      { name: 'transposed', operator: 'Transpose', inputs: ['w'], attributes: { perm: [1, 0] } },
      { name: 'product', operator: 'MatMul', inputs: ['x', 'transposed'] },
      { name: 'y', operator: 'Concat', inputs: ['product'], attributes: { axis: 0 } },
    ],
    weights: [{ name: 'w', shape: [2, 200], values: weights }],
  });
  const session = await InferenceSession.create(bytes);
  const x = new Float32Array(200);
  x[3] = 1;
  const { y } = await session.run({ x: new Tensor('float32', x, [1, 200]) });
  assert.deepEqual(y?.dims, [1, 2]);
  assert.deepEqual([...(y.data as Float32Array)], [3 / 8, 203 / 8]);
});
