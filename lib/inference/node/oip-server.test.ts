import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { HEADER_LENGTH, decodeResponse, encodeRequest } from '../open-inference.ts';
import { encodeBytes, fromNumbers, toNumbers } from '../tensor.ts';
import { onnxRunner } from './onnx-runner.ts';
import { startOipServer, type OipServerOptions } from './oip-server.ts';
import { afterwards } from '../../../test/support/cleanup.ts';
import { fixture, picture } from '../../../test/support/inference.ts';

async function startServer(t: TestContext, options: Partial<OipServerOptions> = {}) {
  const runner = onnxRunner({ sessions: 1 });
  afterwards(t, () => runner.close());
  const models = [fixture('classifier'), fixture('types')];
  const server = await startOipServer({ runner, models, ...options }, t.signal);
  afterwards(t, () => server.close());
  return (path: string, init: RequestInit = {}) => fetch(`${server.url}/${path}`, { ...init, signal: t.signal });
}

const json = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });

async function refusal(response: Response): Promise<{ error: string; code: string }> {
  assert.equal(response.headers.get('content-type'), 'application/json');
  return (await response.json()) as { error: string; code: string };
}

test('health and metadata are told as the protocol says', async (t) => {
  const get = await startServer(t);
  for (const path of [
    'v2/health/live',
    'v2/health/ready',
    'v2/models/classifier/ready',
    'v2/models/types/versions/1/ready',
  ]) {
    assert.equal((await get(path)).status, 200, path);
  }
  const server = (await (await get('v2')).json()) as { extensions: string[] };
  assert.deepEqual(server.extensions, ['binary_tensor_data']);
  assert.deepEqual(await (await get('v2/models/classifier/versions/1')).json(), {
    name: 'classifier',
    versions: ['1'],
    platform: 'onnx_onnxv1',
    inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 1, 8, 8] }],
    outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, 3] }],
  });
});

test('an inference in JSON is answered in JSON, one in binary in binary, with the same result', async (t) => {
  const get = await startServer(t);
  const input = picture(3);
  const data = [...toNumbers(input)];
  const plain = await get(
    'v2/models/classifier/infer',
    json({ id: 'a', inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 1, 8, 8], data }] }),
  );
  assert.equal(plain.headers.get('content-type'), 'application/json');
  assert.equal(plain.headers.get(HEADER_LENGTH), null);
  const answer = (await plain.json()) as { id: string; model_name: string; outputs: { data: number[] }[] };
  assert.deepEqual([answer.id, answer.model_name], ['a', 'classifier']);
  const { headerLength, body } = encodeRequest({ inputs: [input] });
  const headers = { [HEADER_LENGTH]: `${headerLength}` };
  const binary = await get('v2/models/classifier/versions/1/infer', { method: 'POST', headers, body });
  assert.equal(binary.headers.get('content-type'), 'application/octet-stream');
  const length = Number(binary.headers.get(HEADER_LENGTH));
  const { outputs } = decodeResponse({ headerLength: length, body: new Uint8Array(await binary.arrayBuffer()) });
  assert.deepEqual(outputs.flatMap((output) => [...toNumbers(output)]), answer.outputs[0]?.data); // prettier-ignore
});

test('only the outputs that are asked for are sent, each as it is asked for', async (t) => {
  const get = await startServer(t);
  const inputs = [
    fromNumbers('amount', 'INT64', [1], [4]),
    fromNumbers('keep', 'BOOL', [1], [0]),
    { name: 'text', dataType: 'BYTES', shape: [1], data: encodeBytes([new TextEncoder().encode('hé')]) } as const,
    fromNumbers('half', 'FP16', [1], [1.5]),
  ];
  const { body } = encodeRequest({ inputs }, false);
  const request = JSON.parse(new TextDecoder().decode(body)) as object;
  const outputs = [{ name: 'copy' }, { name: 'signed', parameters: { binary_data: true } }];
  const response = await get('v2/models/types/infer', json({ ...request, parameters: {}, outputs }));
  const length = Number(response.headers.get(HEADER_LENGTH));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))) as { outputs: { data?: unknown }[] };
  assert.deepEqual(header.outputs.map(({ data }) => data), [undefined, ['hé']]); // prettier-ignore
  assert.deepEqual([...bytes.subarray(length)], [252, 255, 255, 255, 255, 255, 255, 255]);
});

test('what cannot be answered is refused with its reason', async (t) => {
  const get = await startServer(t, { maxRequestBytes: 4_096 });
  const image = { name: 'image', datatype: 'FP32', shape: [1, 1, 8, 8], data: new Array(64).fill(0) };
  const infer = (body: unknown) => get('v2/models/classifier/infer', json(body));
  const cases: [Response, number, string][] = [
    [await get('v2/models/other'), 404, 'NotFound'],
    [await get('v2/models/classifier/versions/2'), 404, 'NotFound'],
    [await get('v2/models/classifier/versions/1/config'), 404, 'NotFound'],
    [await get('v1'), 404, 'NotFound'],
    [await get('v2/models/%ff'), 400, 'InvalidRequest'],
    [await get('v2/models/classifier/infer'), 405, 'MethodNotAllowed'],
    [await get('v2', json({})), 405, 'MethodNotAllowed'],
    [await infer({}), 400, 'InvalidRequest'],
    [await infer({ inputs: [{ ...image, datatype: 'FP64' }] }), 400, 'InvalidTensor'],
    [await infer({ inputs: [image], outputs: [{ name: 'other' }] }), 400, 'InvalidRequest'],
    [await infer({ inputs: [image], id: 'x'.repeat(5_000) }), 413, 'TooLarge'],
    [
      await get('v2/models/classifier/infer', { ...json({}), headers: { 'content-encoding': 'gzip' } }),
      415,
      'UnsupportedEncoding',
    ],
  ];
  for (const [response, status, code] of cases) {
    const refused = await refusal(response);
    assert.deepEqual([response.status, refused.code], [status, code], refused.error);
    assert.ok(refused.error.length > 10);
  }
  assert.equal((await infer({ inputs: [image] })).status, 200);
});

test('a body that is longer than announced limits is refused while it comes', async (t) => {
  const get = await startServer(t, { maxRequestBytes: 4_096 });
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_024)) });
  const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
  // The connection may be cut before the answer is read.
  const status = await get('v2/models/classifier/infer', init).then((response) => response.status, () => 413); // prettier-ignore
  assert.equal(status, 413);
  assert.equal((await get('v2/health/ready')).status, 200);
});

test('a server does not start with a model that cannot be loaded', async (t) => {
  const { description } = fixture('pick');
  await assert.rejects(startServer(t, { models: [fixture('classifier'), fixture('types', description)] }), {
    name: 'ModelUnavailable',
  });
});
