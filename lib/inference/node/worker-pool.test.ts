import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { fromNumbers } from '../tensor.ts';
import type { Tensor } from '../types.ts';
import { RunAgain, WorkerPool, type PoolOptions, type PoolWorker } from '../worker-pool.ts';
import { ModelWorker } from './model-worker.ts';
import { root } from '../../../scripts/lib/paths.ts';
import { waitFor } from '../../../scripts/lib/wait.ts';
import { deeds } from '../../../test/fixtures/inference/deeds.ts';
import { afterwards } from '../../../test/support/cleanup.ts';

const script = pathToFileURL(join(root, 'test', 'fixtures', 'inference', 'fragile-worker.ts'));

/** A pool of threads that crash when told to, and how often they ran something. */
async function startPool(
  t: TestContext,
  options: Partial<PoolOptions> & { readonly starts?: number; readonly runTimeoutMs?: number } = {},
) {
  const { runTimeoutMs = 60_000 } = options;
  const model = new Uint8Array(new SharedArrayBuffer(2));
  model[0] = options.starts ?? 255;
  const task = { model, threads: 1 };
  const pool = new WorkerPool({
    start: () => new ModelWorker(script, task, runTimeoutMs),
    defer: setImmediate,
    workers: 1,
    outputs: ['x'],
    maxQueue: 100,
    ...options,
  });
  afterwards(t, () => pool.close());
  await pool.start(t.signal);
  const run = (deed: keyof typeof deeds, signal = t.signal) => pool.run([input(deed)], signal);
  const allowStarts = (count: number) => Atomics.store(model, 0, count);
  return { pool, run, allowStarts, runs: () => Atomics.load(model, 1) };
}

function input(deed: keyof typeof deeds): Tensor {
  return fromNumbers('x', 'UINT8', [1, 2], [0, deeds[deed]]);
}

test('a thread that ends or throws fails what it was running, and another one takes its place', async (t) => {
  const { run } = await startPool(t);
  await assert.rejects(run('exit'), { name: 'ExecutionFailed', message: /is gone: .*status 7/ });
  assert.equal((await run('echo')).length, 1);
  await assert.rejects(run('throw'), { name: 'ExecutionFailed', message: /a bug in the thread/ });
  assert.equal((await run('echo')).length, 1);
});

test('a run that takes too long fails, and another thread takes over', async (t) => {
  const { pool, run } = await startPool(t, { runTimeoutMs: 1_500 });
  await assert.rejects(run('hang'), { name: 'ExecutionFailed', message: /did not answer within 1.5 s/ });
  assert.equal((await run('echo')).length, 1);
  await pool.close();
});

test('what waits while a thread crashes is done by the next one', async (t) => {
  const { run } = await startPool(t);
  const results = await Promise.allSettled([run('exit'), run('echo')]);
  assert.deepEqual(results.map(({ status }) => status), ['rejected', 'fulfilled']); // prettier-ignore
});

test('when no thread starts any more the model is unavailable, and available again once one does', async (t) => {
  const { pool, run, allowStarts } = await startPool(t, { starts: 1 });
  await assert.rejects(run('exit'), { name: 'ExecutionFailed' });
  const works = async () => {
    try {
      await run('echo');
      return true;
    } catch (error) {
      assert.equal((error as Error).name, 'ModelUnavailable');
      return false;
    }
  };
  const wait = { timeoutMs: 20_000, signal: t.signal };
  await waitFor(async () => !(await works()), { what: 'the model to be unavailable', ...wait });
  await assert.rejects(run('echo'), { message: /crashes at each start/ });
  allowStarts(1);
  await waitFor(works, { what: 'the model to be available again', ...wait });
  await pool.close();
  await assert.rejects(run('echo'), { name: 'ModelUnavailable', message: /released/ });
});

test('a model that cannot be loaded leaves no thread behind', async (t) => {
  const model = new Uint8Array(new SharedArrayBuffer(2));
  const pool = new WorkerPool({
    start: () => new ModelWorker(script, { model, threads: 1 }, 60_000),
    defer: setImmediate,
    workers: 2,
    outputs: [],
    maxQueue: 1,
  });
  await assert.rejects(pool.start(t.signal), { name: 'ModelUnavailable', message: /no more starts/ });
  await assert.rejects(pool.run([input('echo')], t.signal), { name: 'ModelUnavailable' });
});

test('inferences called together run together, and each gets its own result', async (t) => {
  const { pool, runs } = await startPool(t);
  pool.batchUpTo(4);
  const inputs = Array.from({ length: 4 }, (_, i) => fromNumbers('x', 'UINT8', [1, 2], [0, 100 + i]));
  const results = await Promise.all(inputs.map((tensor) => pool.run([tensor], t.signal)));
  assert.deepEqual(results, inputs.map((tensor) => [tensor])); // prettier-ignore
  assert.equal(runs(), 1);
});

test('inferences that take long are not put together', async (t) => {
  const { pool, run, runs } = await startPool(t);
  let belowMs = Infinity;
  pool.batchUpTo(4, () => belowMs);
  const all = () => Promise.all(Array.from({ length: 4 }, () => run('echo')));
  await all();
  assert.equal(runs(), 1);
  belowMs = 0;
  await all();
  assert.equal(runs(), 5);
});

test('further threads work beside the first one, and one that does not start is done without', async (t) => {
  const { pool, run } = await startPool(t, { starts: 2, runTimeoutMs: 1_500 });
  await pool.add(2);
  assert.equal(pool.size, 2);
  const done: string[] = [];
  const hanging = assert.rejects(run('hang'), { name: 'ExecutionFailed' }).then(() => done.push('hang'));
  for (let i = 0; i < 3; i++) {
    await run('echo');
    done.push('echo');
  }
  await hanging;
  assert.deepEqual(done, ['echo', 'echo', 'echo', 'hang']);
});

test('one that fails does not fail those it was put together with', async (t) => {
  for (const deed of ['fail', 'exit'] as const) {
    const { pool, run } = await startPool(t);
    pool.batchUpTo(4);
    const results = await Promise.allSettled([run('echo'), run(deed), run('echo')]);
    const expected = ['fulfilled', 'rejected', 'fulfilled'];
    assert.deepEqual(results.map(({ status }) => status), expected); // prettier-ignore
  }
});

test('inferences of other shapes are not put together', async (t) => {
  const { pool, runs } = await startPool(t);
  pool.batchUpTo(4);
  const inputs = [1, 2, 1].map((width) => fromNumbers('x', 'UINT8', [1, width], new Array<number>(width).fill(0)));
  const results = await Promise.all(inputs.map((tensor) => pool.run([tensor], t.signal)));
  assert.deepEqual(results.map(([tensor]) => tensor?.shape), [[1, 1], [1, 2], [1, 1]]); // prettier-ignore
  assert.equal(runs(), 2);
});

test('more than may wait are refused as too many', async (t) => {
  const { run } = await startPool(t, { maxQueue: 2 });
  const results = await Promise.allSettled([run('echo'), run('echo'), run('echo')]);
  const [, , last] = results;
  assert.ok(last.status === 'rejected' && (last.reason as Error).name === 'Overloaded');
  assert.equal((await run('echo')).length, 1);
});

test('an inference that is given up does not run, and ends with the reason', async (t) => {
  const { run, runs } = await startPool(t);
  const reason = new Error('not wanted any more');
  const abort = new AbortController();
  const waiting = run('echo', abort.signal);
  abort.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(run('echo', abort.signal), reason);
  await run('echo');
  assert.equal(runs(), 1);
});

test('closing waits for what is running or waiting', async (t) => {
  const { pool, run } = await startPool(t);
  const running = [run('echo'), run('echo'), run('echo')];
  await pool.close();
  assert.equal((await Promise.all(running)).length, 3);
});

test('what a thread loses through no fault of its own is done by the next one', async (t) => {
  const model = new Uint8Array(new SharedArrayBuffer(2)).fill(255);
  const lost = new RunAgain('the GPU is gone');
  const end = Promise.withResolvers<undefined>();
  const first: PoolWorker = {
    ...{ ready: Promise.resolve({ inputs: [], outputs: [] }), ended: end.promise, isReady: true, load: 0 },
    run: () => {
      end.resolve(undefined);
      return Promise.reject(lost);
    },
    stop: () => end.promise,
  };
  let starts = 0;
  const start = () => (starts++ === 0 ? first : new ModelWorker(script, { model, threads: 1 }, 60_000));
  const { run } = await startPool(t, { start });
  const [one, other] = await Promise.all([run('echo'), run('echo')]);
  assert.deepEqual([one, other], [[input('echo')], [input('echo')]]); // prettier-ignore
  assert.equal(starts, 2);
});

test('what waits while the last thread crashes is done even when the pool is being closed', async (t) => {
  const { pool, run } = await startPool(t);
  const results = Promise.allSettled([run('exit'), run('echo')]);
  await pool.close();
  assert.deepEqual((await results).map(({ status }) => status), ['rejected', 'fulfilled']); // prettier-ignore
  await assert.rejects(run('echo'), { name: 'ModelUnavailable', message: /released/ });
});
