import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { descriptions, fixture } from '../../test/support/inference.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { onnxRunner } from './node/onnx-runner.ts';
import type { LoadedModel } from './types.ts';
import { measureRuns } from './measure.ts';

/** A model, and how often it has run. */
async function load(t: TestContext) {
  const runner = onnxRunner({ sessions: 1, threads: 1 });
  afterwards(t, () => runner.close());
  const model = await runner.load(fixture('classifier'), t.signal);
  let runs = 0;
  const run: LoadedModel['run'] = (request, signal) => {
    runs += 1;
    return model.run(request, signal);
  };
  return { model: { ...model, run }, runs: () => runs };
}

for (const count of [1, 2, 9, 10]) {
  test(`${count} inferences are measured, after one that does not count`, async (t) => {
    const { model, runs } = await load(t);
    const progress: number[] = [];
    const onProgress = (done: number, of: number) => progress.push(done / of);
    const measured = await measureRuns(model, descriptions.classifier, count, { signal: t.signal, onProgress });
    assert.equal(runs(), count + 1);
    assert.equal(measured.runs, count);
    const { minMs, medianMs, p90Ms, maxMs } = measured;
    assert.ok(minMs > 0 && minMs <= medianMs && medianMs <= maxMs && p90Ms <= maxMs && p90Ms >= minMs);
    assert.equal(progress.length, count);
    assert.equal(progress.at(-1), 1);
  });
}

test('what is no number of inferences is refused before anything runs', async (t) => {
  const { model, runs } = await load(t);
  for (const count of [0, -1, 1.5, NaN]) {
    await assert.rejects(measureRuns(model, descriptions.classifier, count, { signal: t.signal }), RangeError);
  }
  assert.equal(runs(), 0);
});
