import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { LoadedModel } from '../inference/types.ts';
import type { Description } from '../market/types.ts';
import { executorOf } from './executor.ts';

const description: Description = {
  ...{ name: 'a model', licence: 'MIT', image: null, labels: { kind: 'none' }, tolerance: 0 },
  inputs: [{ name: 'input', dataType: 'FP32', shape: [null, 4] }],
  outputs: [{ name: 'output', dataType: 'FP32', shape: [null, 4] }],
};

function loaded(concurrency: number, ahead?: number): LoadedModel {
  return {
    ...{ concurrency, ...(ahead === undefined ? {} : { ahead }) },
    run: () => Promise.reject(new Error('Nothing runs here.')),
    release: () => Promise.resolve(),
  };
}

const at = (model: LoadedModel, atOnce?: () => number) => {
  const { concurrency, ahead } = executorOf(model, description, 5, () => Promise.resolve(), atOnce);
  return [concurrency, ahead];
};

test('a model works on as many inferences at a time as it likes', () => {
  assert.deepEqual(at(loaded(2, 8)), [2, 8]);
  assert.deepEqual(at(loaded(3)), [3, 0]);
});

test('a limit bounds what it works on and has at hand together', () => {
  assert.deepEqual(
    at(loaded(2, 8), () => 4),
    [2, 2],
  );
  assert.deepEqual(
    at(loaded(2, 8), () => 1),
    [1, 0],
  );
});

test('the limit is asked each time', () => {
  let limit = 1;
  const executor = executorOf(
    loaded(1, 8),
    description,
    5,
    () => Promise.resolve(),
    () => limit,
  );
  assert.equal(executor.ahead, 0);
  limit = 4;
  assert.equal(executor.ahead, 3);
});
