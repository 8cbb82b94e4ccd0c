import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentIdOf } from '../../dx/content-id.ts';
import type { Backend, BrowserModel, BrowserRunner } from '../../inference/browser/index.ts';
import type { Model, ModelVersion } from '../../market/types.ts';
import type { Problem, ServedModelState } from '../types.ts';
import type { KeptModel } from './kept.ts';
import { ModelFiles, type FileCache } from './model-files.ts';
import { TabModels } from './models.ts';

const file = new TextEncoder().encode('the bytes of a model');
const backend: Backend = {
  ...{ kind: 'wasm', threads: 1, about: 'WebAssembly, one thread', adapter: null, referee: null },
  why: [{ kind: 'webgpu', reason: 'NoWebGpu', message: 'This browser has no WebGPU.' }],
};
const { signal } = new AbortController();

/** A tab's models over a runner that runs nothing, and what happens around them. */
async function surroundings() {
  const content = await contentIdOf(file);
  const version = (number: number): ModelVersion => ({
    ...{ version: number, content, size: file.length, publishedAt: 1 },
    description: {
      ...{
        name: 'ResNet',
        licence: 'MIT',
        inputs: [],
        outputs: [],
        image: null,
        labels: { kind: 'none' },
        tolerance: 0,
      },
    },
  });
  const model: Model = {
    ...{ id: 7, owner: 'owner', royalty: 0n, retired: false, registeredAt: 1, offers: 0, newest: version(1) },
  };
  const state = {
    ...{ loads: 0, releases: 0, closes: 0, fails: null as Error | null },
    download: () => Promise.resolve(file.slice()),
    event: (() => undefined) as (event: { readonly event: string; readonly message?: string }) => void,
  };
  const loaded: BrowserModel = {
    ...{ backend, gpuSubmissions: 0, concurrency: 1, ahead: 8 },
    run: () => Promise.resolve({ model: 'ResNet', outputs: [] }),
    measure: () => Promise.resolve({ runs: 5, medianMs: 12, minMs: 11, maxMs: 13, p90Ms: 13 }),
    release: () => {
      state.releases++;
      return Promise.resolve();
    },
  };
  const runner: BrowserRunner = {
    about: 'a runner',
    async load(runnable, until) {
      state.loads++;
      if (state.fails !== null) throw state.fails;
      assert.deepEqual(await runnable.bytes(until), file);
      return loaded;
    },
    close: () => {
      state.closes++;
      return Promise.resolve();
    },
  };
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const cache: FileCache = {
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    write: (name, data) => Promise.resolve(void kept.set(name, data.slice())),
    remove: (name) => Promise.resolve(void kept.delete(name)),
  };
  const saved: (readonly KeptModel[])[] = [];
  const troubles: Problem[] = [];
  const make = () =>
    new TabModels({
      files: new ModelFiles(Promise.resolve(cache), { download: () => state.download() }),
      createRunner: (_, onEvent) => {
        state.event = onEvent;
        return Promise.resolve(runner);
      },
      save: (list) => Promise.resolve(void saved.push(list)),
      atOnce: () => 2,
      onTrouble: (problem) => troubles.push(problem),
    });
  const models = make();
  const states: ServedModelState[] = [];
  models.list.subscribe(() => {
    const [info] = models.list.get();
    if (info !== undefined && info.state !== states.at(-1)) states.push(info.state);
  });
  return { model, version, content, state, kept, saved, troubles, models, states, make };
}

test('a model is fetched, measured, kept, and released again until the engine wants it', async () => {
  const { model, version, state, saved, models, states, content, kept } = await surroundings();
  await models.add(model, version(1), signal);
  assert.deepEqual(states, ['listed', 'downloading', 'measuring', 'ready']);
  const [info] = models.list.get();
  assert.deepEqual([info?.timeMs, info?.bytesHere, info?.isAnnounced], [12, file.length, false]);
  assert.deepEqual(info?.backend, {
    ...{ kind: 'wasm', device: '1 thread' },
    passedOver: [{ kind: 'webgpu', why: 'This browser has no WebGPU.' }],
  });
  assert.deepEqual([state.loads, state.releases], [1, 1]);
  assert.deepEqual(
    saved.map((list) => list.map(({ timeMs }) => timeMs)),
    [[null], [12]],
  );
  assert.ok(kept.has(content));
});

test('the next visit has it ready, and loads it when the engine wants it, without fetching it', async () => {
  const { model, version, state, saved, models, make } = await surroundings();
  await models.add(model, version(1), signal);
  state.download = () => Promise.reject(new Error('There is no network.'));
  const next = make();
  next.restore(saved.at(-1) ?? []);
  assert.deepEqual(next.chosen(), [7]);
  assert.equal(next.list.get()[0]?.state, 'ready');
  const executor = await next.prepare(model, version(1), signal);
  assert.equal(executor.measuredMs, 12);
  assert.deepEqual([executor.concurrency, executor.ahead], [1, 1]);
  await executor.release();
  assert.equal(state.releases, 2);
});

test('what is loaded in advance is what the engine gets, once', async () => {
  const { model, version, state, saved, models, make } = await surroundings();
  await models.add(model, version(1), signal);
  const next = make();
  next.restore(saved.at(-1) ?? []);
  next.preload(signal);
  const first = await next.prepare(model, version(1), signal);
  assert.equal(state.loads, 2);
  const second = await next.prepare(model, version(1), signal);
  assert.equal(state.loads, 3);
  await Promise.all([first.release(), second.release()]);
});

test('what could not be loaded in advance is told to the engine, which tries again', async () => {
  const { model, version, state, saved, models, make } = await surroundings();
  await models.add(model, version(1), signal);
  const next = make();
  next.restore(saved.at(-1) ?? []);
  state.fails = new Error('The worker did not start.');
  next.preload(signal);
  await assert.rejects(next.prepare(model, version(1), signal), { name: 'ModelUnavailable' });
  state.fails = null;
  await (await next.prepare(model, version(1), signal)).release();
  assert.equal(next.list.get()[0]?.state, 'ready');
});

test('the offer on chain counts for the version that is served alone', async () => {
  const { model, version, models } = await surroundings();
  await models.add(model, version(1), signal);
  models.setOffers(new Map([[7, 1]]));
  assert.equal(models.list.get()[0]?.isAnnounced, true);
  // The engine wants the newest version, which replaces the older one.
  const executor = await models.prepare(model, version(2), signal);
  assert.deepEqual([models.list.get()[0]?.version, models.list.get()[0]?.isAnnounced], [2, false]);
  // One that is needed for an old agreement does not.
  await models.prepare(model, version(1), signal);
  assert.equal(models.list.get()[0]?.version, 2);
  await executor.release();
});

test('a model that cannot be made ready says why, and a second try can help', async () => {
  const { model, version, state, models } = await surroundings();
  state.fails = new Error('The model has an unknown operator.');
  await assert.rejects(models.add(model, version(1), signal), {
    name: 'ModelUnavailable',
    message: /unknown operator/,
  });
  const [failed] = models.list.get();
  assert.deepEqual([failed?.state, failed?.problem?.name], ['failed', 'ModelUnavailable']);
  assert.deepEqual(models.chosen(), []);
  state.fails = null;
  await models.add(model, version(1), signal);
  assert.deepEqual([models.list.get()[0]?.state, models.list.get()[0]?.problem], ['ready', null]);
});

test('who stops a download has the model listed, and can go on', async () => {
  const { model, version, state, models } = await surroundings();
  const stop = new AbortController();
  const { download } = state;
  state.download = () => {
    stop.abort(new Error('enough'));
    return Promise.reject(new Error('aborted'));
  };
  await assert.rejects(models.add(model, version(1), stop.signal), { message: 'enough' });
  assert.equal(models.list.get()[0]?.state, 'listed');
  state.download = download;
  await models.add(model, version(1), signal);
  assert.equal(models.list.get()[0]?.state, 'ready');
});

test('two who ask for the same model at a time fetch it once', async () => {
  const { model, version, state, models } = await surroundings();
  await Promise.all([models.add(model, version(1), signal), models.add(model, version(1), signal)]);
  assert.equal(state.loads, 1);
});

test('a model that is removed is gone with its file', async () => {
  const { model, version, content, kept, saved, models } = await surroundings();
  await models.add(model, version(1), signal);
  await models.remove(7);
  assert.deepEqual(models.list.get(), []);
  assert.deepEqual(saved.at(-1), []);
  assert.equal(kept.has(content), false);
});

test('what was lost is told, and what runs the model now is shown', async () => {
  const { model, version, state, models, troubles } = await surroundings();
  const executor = await models.prepare(model, version(1), signal);
  state.event({ event: 'gpuLost', message: 'The device is gone.' });
  assert.deepEqual(troubles, [{ name: 'GpuLost', message: 'The device is gone.', chainError: null }]);
  await executor.release();
});

test('another way to run models ends the runner, and closing twice ends it once', async () => {
  const { model, version, state, models } = await surroundings();
  await models.add(model, version(1), signal);
  assert.equal(await models.setBackend('automatic'), false);
  assert.equal(state.closes, 0);
  assert.equal(await models.setBackend('wasm'), true);
  assert.equal(state.closes, 1);
  await models.close();
  assert.equal(state.closes, 1);
  await models.measureAgain(signal);
  assert.deepEqual([state.loads, state.releases], [2, 2]);
});
