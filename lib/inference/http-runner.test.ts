import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';

import { httpRunner, type HttpRunnerOptions } from './http-runner.ts';
import { startOipServer } from './node/oip-server.ts';
import { onnxRunner } from './node/onnx-runner.ts';
import { HEADER_LENGTH } from './open-inference.ts';
import { encodeBytes, fromNumbers, toNumbers } from './tensor.ts';
import type { RunnableModel } from './types.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { fixture, picture } from '../../test/support/inference.ts';

async function serveFixtures(t: TestContext, models: readonly RunnableModel[]): Promise<string> {
  const runner = onnxRunner({ sessions: 1 });
  afterwards(t, () => runner.close());
  const server = await startOipServer({ runner, models }, t.signal);
  afterwards(t, () => server.close());
  return server.url;
}

/** A server that this project did not write would answer like this to an inference; metadata is the classifier's. */
async function serveOther(t: TestContext, infer: RequestListener, versions: readonly string[] = []): Promise<string> {
  const json: Record<string, object> = {
    '/v2/health/ready': {},
    '/v2': { name: 'other', version: '2', extensions: [] },
    '/v2/models/classifier': {
      name: 'classifier',
      versions,
      platform: 'other',
      inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 1, 8, 8] }],
      outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, 3] }],
    },
  };
  const server = createServer((request, response) => {
    const found = json[request.url ?? ''];
    if (found === undefined) infer(request, response);
    else response.end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterwards(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function load(t: TestContext, url: string, options: Partial<HttpRunnerOptions> = {}, model = fixture('classifier')) {
  return httpRunner({ url, ...options }).load(model, t.signal);
}

const request = { inputs: [picture(1)] };
const good = {
  model_name: 'classifier',
  outputs: [{ name: 'logits', datatype: 'FP32', shape: [1, 3], data: [1, 2, 3] }],
};

test('results over HTTP are those of the runner behind the server', async (t) => {
  const url = await serveFixtures(t, [fixture('classifier'), fixture('types')]);
  const local = onnxRunner({ sessions: 1 });
  afterwards(t, () => local.close());
  const [here, there] = [await local.load(fixture('classifier'), t.signal), await load(t, `${url}/`)];
  const inputs = [picture(1), picture(2, 3)];
  for (const input of inputs) {
    const answers = await Promise.all([here, there].map((model) => model.run({ id: 'x', inputs: [input] }, t.signal)));
    assert.deepEqual(answers[1], answers[0]);
  }
  const types = await load(t, url, {}, fixture('types'));
  const { outputs } = await types.run(
    {
      inputs: [
        fromNumbers('amount', 'INT64', [1], [4]),
        fromNumbers('keep', 'BOOL', [1], [1]),
        { name: 'text', dataType: 'BYTES', shape: [1], data: encodeBytes([new TextEncoder().encode('hé')]) },
        fromNumbers('half', 'FP16', [1], [1.5]),
      ],
    },
    t.signal,
  );
  assert.deepEqual(outputs.map(({ dataType }) => dataType), ['INT64', 'BYTES', 'FP16']); // prettier-ignore
});

test('a server without binary tensors is asked in JSON, and its JSON is understood', async (t) => {
  let asked: unknown;
  const url = await serveOther(t, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked = JSON.parse(Buffer.concat(parts).toString());
      assert.equal(request.headers[HEADER_LENGTH], undefined);
      response.end(JSON.stringify(good));
    });
  });
  const model = await load(t, url);
  const { outputs } = await model.run(request, t.signal);
  assert.deepEqual(outputs.map((output) => [...toNumbers(output)]), [[1, 2, 3]]); // prettier-ignore
  const { inputs } = asked as { inputs: { data: number[] }[] };
  assert.deepEqual(inputs[0]?.data, [...toNumbers(picture(1))]);
});

test('a server that cannot be reached, is not ready, or does not have the model is unavailable', async (t) => {
  const unavailable = async (url: string, message: RegExp, options = {}, model = fixture('classifier')) =>
    assert.rejects(load(t, url, options, model), { name: 'ModelUnavailable', message });
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await unavailable(`http://127.0.0.1:${port}`, /cannot be reached: .*ECONNREFUSED/);
  const url = await serveFixtures(t, [fixture('classifier')]);
  await unavailable(`${url}/nothing`, /not ready: it answers 404/);
  await unavailable(url, /404: There is no/, { modelName: 'other' });
  await unavailable(url, /not as described. It has an input "image"/, { modelName: 'classifier' }, fixture('pick'));
  const other = await serveOther(t, (_, response) => response.end(), ['3', '4']);
  await unavailable(other, /in version 3, 4, not in 1; see anyVersion/);
  assert.ok(await load(t, other, { anyVersion: true }));
});

test('what a server answers becomes the error that says whose fault it is', async (t) => {
  const answers: [number, string, string][] = [
    [400, '{"error": "bad"}', 'InvalidRequest'],
    [422, '', 'InvalidRequest'],
    [400, '{"error": "bad", "code": "InvalidTensor"}', 'InvalidTensor'],
    [404, '{"error": "gone"}', 'ModelUnavailable'],
    [503, '{"error": "gone", "code": "ModelUnavailable"}', 'ModelUnavailable'],
    [429, '', 'Overloaded'],
    [503, '<html>', 'Overloaded'],
    [500, '{"error": "out of memory"}', 'ExecutionFailed'],
    [302, '', 'ModelUnavailable'],
    [200, 'no JSON', 'ExecutionFailed'],
    [200, JSON.stringify({ ...good, outputs: [] }), 'ExecutionFailed'],
    [200, JSON.stringify({ outputs: [{ ...good.outputs[0], shape: [1, 4] }] }), 'ExecutionFailed'],
    [200, JSON.stringify({ ...good, padding: 'x'.repeat(1_000_000) }), 'ExecutionFailed'],
  ];
  let next = 0;
  const url = await serveOther(t, (_, response) => {
    const [status, body] = answers[next++] ?? [500, ''];
    response.writeHead(status, status === 302 ? { location: '/v2' } : {}).end(body);
  });
  const model = await load(t, url);
  for (const [status, body, name] of answers) {
    await assert.rejects(model.run(request, t.signal), { name }, `${status} ${body.slice(0, 80)}`);
  }
});

test('a server that does not answer in time has failed', async (t) => {
  const url = await serveOther(t, () => undefined);
  const model = await load(t, url, { timeoutMs: 50 });
  await assert.rejects(model.run(request, t.signal), { name: 'ExecutionFailed', message: /no answer within 0.05 s/ });
});

test('a server that stops in the middle of its answer is gone', async (t) => {
  const url = await serveOther(t, (_, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('{');
    response.flushHeaders();
    setImmediate(() => response.destroy());
  });
  const model = await load(t, url);
  await assert.rejects(model.run(request, t.signal), { name: 'ModelUnavailable' });
});

test('inputs that do not fit are refused before they are sent', async (t) => {
  const url = await serveOther(t, () => assert.fail('nothing should be sent'));
  const model = await load(t, url);
  await assert.rejects(model.run({ inputs: [] }, t.signal), { name: 'InvalidTensor' });
});

test('an inference that is given up ends with the reason; a released model runs none', async (t) => {
  const url = await serveOther(t, () => undefined);
  const model = await load(t, url);
  const abort = new AbortController();
  const running = model.run(request, abort.signal);
  const reason = new Error('not wanted any more');
  abort.abort(reason);
  await assert.rejects(running, reason);
  await model.release();
  await assert.rejects(model.run(request, t.signal), { name: 'ModelUnavailable' });
});

test('the headers that a server wants are sent with everything', async (t) => {
  let token: string | undefined;
  const url = await serveOther(t, (request, response) => {
    token = request.headers.authorization;
    response.end(JSON.stringify(good));
  });
  const model = await load(t, url, { headers: { authorization: 'Bearer x' } });
  await model.run(request, t.signal);
  assert.equal(token, 'Bearer x');
});
