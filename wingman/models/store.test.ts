import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { NotFound } from '../../lib/dx/errors.ts';
import { frame, unframe } from '../../lib/inference/message.ts';
import { decodeResponse, encodeRequest } from '../../lib/inference/open-inference.ts';
import type { Description, Model, ModelVersion } from '../../lib/market/types.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { descriptions, fixtureFile, picture } from '../../test/support/inference.ts';
import { createLog } from '../../scripts/lib/log.ts';
import { ModelCache } from './cache.ts';
import { createRunner } from './runners.ts';
import { ModelStore } from './store.ts';

const log = createLog({ level: 'error', format: 'json' });
const never = new AbortController().signal;

/** A store that runs models with onnxruntime, over a Dx that has the small classifier. */
async function newStore(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'airo-store-'));
  afterwards(t, () => rm(folder, { recursive: true }));
  const bytes = new Uint8Array(await readFile(fixtureFile('classifier')));
  const content = await contentIdOf(bytes);
  const download = (key: string) => {
    return key === content ? Promise.resolve(bytes) : Promise.reject(new NotFound('nobody has it'));
  };
  const cache = await ModelCache.open({ folder, dx: { download }, maxBytes: 1e9, downloadTimeoutMs: 1_000, log });
  const store = new ModelStore({
    cache,
    runnerOf: () => ({ kind: 'onnx', sessions: 1, threads: 1 }),
    createRunner: (config) => createRunner(config, folder, log),
    log,
  });
  afterwards(t, () => store.close());
  return { store, content, size: bytes.length };
}

function modelOf(content: string, size: number, description: Description) {
  const newest: ModelVersion = { version: 0, content, size, description, publishedAt: 1 };
  const model: Model = { id: 3, owner: null, royalty: 0n, retired: false, registeredAt: 1, offers: 0, newest };
  return [model, newest] as const;
}

test('a model is fetched, loaded, measured, and answers a request in the framing of Dx', async (t) => {
  const { store, content, size } = await newStore(t);
  const [model, version] = modelOf(content, size, descriptions.classifier);
  assert.equal(store.about(3), null);
  const executor = await store.prepare(model, version, never);
  assert.ok((executor.measuredMs ?? 0) > 0);
  assert.match(store.about(3) ?? '', /onnxruntime-node, 1 session/);
  assert.deepEqual(
    store.ready().map(({ model: id, version: number }) => [id, number]),
    [[3, 0]],
  );

  const message = frame(encodeRequest({ inputs: [picture(1)] }));
  assert.ok(message.length < executor.maxPayloadBytes);
  const { outputs } = decodeResponse(unframe(await executor.execute(message, never)));
  assert.deepEqual(
    outputs.map(({ name, shape }) => [name, shape]),
    [['logits', [1, 3]]],
  );
  await assert.rejects(executor.execute(frame(encodeRequest({ inputs: [picture(1, 2)] })), never), {
    name: 'InvalidTensor',
  });
  await assert.rejects(executor.execute(new Uint8Array(2), never), { name: 'InvalidRequest' });

  await executor.release();
  await executor.release();
  assert.deepEqual(store.ready(), []);
});

test('a model that cannot be fetched, or is not as described, is unavailable with the reason', async (t) => {
  const { store, content, size } = await newStore(t);
  const unavailable = (message: RegExp) => ({ name: 'ModelUnavailable', message });
  const elsewhere = modelOf(
    content.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
    size,
    descriptions.classifier,
  );
  await assert.rejects(store.prepare(...elsewhere, never), unavailable(/cannot be fetched from Dx: nobody has it/));
  const other = modelOf(content, size, descriptions.pick);
  await assert.rejects(store.prepare(...other, never), unavailable(/not as described/));
  assert.deepEqual(store.ready(), []);
});

test('what nobody waits for any more ends with the reason of that', async (t) => {
  const { store, content, size } = await newStore(t);
  const reason = new Error('not needed any more');
  const prepared = store.prepare(...modelOf(content, size, descriptions.classifier), AbortSignal.abort(reason));
  await assert.rejects(prepared, reason);
});
