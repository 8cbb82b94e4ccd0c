import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { httpRunner } from '../lib/inference/http-runner.ts';
import { onnxRunner } from '../lib/inference/node/onnx-runner.ts';
import { afterwards } from '../test/support/cleanup.ts';
import { descriptions, fixture, picture } from '../test/support/inference.ts';
import { startRest, token } from './testing/rest.ts';

const never = new AbortController().signal;

/** A Wingman that listens and has the small classifier ready, run by onnxruntime. */
async function start(t: TestContext, openInference = true) {
  const runner = onnxRunner({ sessions: 1, threads: 1 });
  afterwards(t, () => runner.close());
  const loaded = await runner.load(fixture('classifier'), never);
  const description = { ...descriptions.classifier, name: 'classifier' };
  const ready = [{ model: 3, version: 1, description, loaded, about: runner.about, runner: { kind: 'onnx' } as const }];
  const { server } = await startRest(t, { isConnected: false, config: { api: { openInference } }, ready });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url, loaded, server };
}

test('a client of the Open Inference Protocol runs a model that is ready, with the token', async (t) => {
  const { url, loaded } = await start(t);
  const client = httpRunner({ url, headers: { authorization: `Bearer ${token}` } });
  afterwards(t, () => client.close());
  const model = await client.load(fixture('classifier', { ...descriptions.classifier, name: 'classifier' }), never);
  const request = { inputs: [picture(5)] };
  const [direct, served] = await Promise.all([loaded.run(request, never), model.run(request, never)]);
  assert.deepEqual(served.outputs, direct.outputs);
});

test('without the token, or for another model, there is nothing', async (t) => {
  const { url, server } = await start(t);
  assert.equal((await fetch(`${url}/v2/models/classifier`)).status, 401);
  const headers = { authorization: `Bearer ${token}` };
  const ask = (path: string) => server.inject({ url: path, headers });
  assert.equal((await ask('/v2/models/3')).json<{ name: string }>().name, 'classifier');
  assert.equal((await ask('/v2/models/other')).statusCode, 404);
  assert.equal((await ask('/v2/models/classifier/versions/2')).statusCode, 404);
  const broken = await server.inject({ method: 'POST', url: '/v2/models/3/infer', headers, payload: '{"inputs":1}' });
  assert.equal(broken.statusCode, 400);
  assert.equal(broken.json<{ code: string }>().code, 'InvalidRequest');
});

test('unless it is configured, the protocol is not there', async (t) => {
  const { url } = await start(t, false);
  assert.equal((await fetch(`${url}/v2`, { headers: { authorization: `Bearer ${token}` } })).status, 404);
});
