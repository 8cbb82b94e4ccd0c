import assert from 'node:assert/strict';
import { test } from 'node:test';

import { backendText, measuredText } from './backend-words.ts';

test('what runs a model is named with what it runs on', () => {
  assert.equal(backendText({ kind: 'webgpu', device: 'NVIDIA GeForce RTX 3060' }), 'WebGPU, NVIDIA GeForce RTX 3060');
  assert.equal(backendText({ kind: 'wasm-threads', device: '8 threads' }), 'WebAssembly, 8 threads');
  assert.equal(backendText({ kind: 'wasm', device: '1 thread' }), 'WebAssembly, one thread');
});

test('short times keep their tenths', () => {
  assert.deepEqual([0.42, 3.44, 9.94, 12.3, 2_300].map(measuredText), ['0.4 ms', '3.4 ms', '9.9 ms', '12 ms', '2.3 s']);
});
