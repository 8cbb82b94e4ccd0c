/** The JSON-RPC of a Dx server, as anybody's client uses it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { createDxRpcClient } from '../../lib/dx/rpc-client.ts';
import { RpcClient } from '../../scripts/lib/rpc.ts';
import { afterwards } from '../support/cleanup.ts';
import { assertSame, createTestPeer, randomData, startDxServer } from '../support/dx.ts';

const data = new TextEncoder().encode('payload');
const hex = `0x${Buffer.from(data).toString('hex')}`;
const key = await contentIdOf(data);

interface Answer {
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly name: string } };
}

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

async function call(url: string, method: string, ...params: unknown[]): Promise<Answer> {
  const response = await post(url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  assert.equal(response.status, 200);
  return (await response.json()) as Answer;
}

test('data goes in and out by JSON-RPC over HTTP, and is on the network', async (t) => {
  const { rpcUrl, peerId, tcpAddress } = await startDxServer(t);
  assert.deepEqual((await call(rpcUrl, 'dx_upload', key, hex)).result, { key, holders: [peerId] });
  assert.equal((await call(rpcUrl, 'dx_download', key)).result, hex);
  const peer = await createTestPeer(t, { servers: [tcpAddress] });
  assertSame(await peer.download(key), data);

  const large = randomData(20_000_000);
  const dx = createDxRpcClient(rpcUrl);
  const uploaded = await dx.upload(large);
  assertSame(await peer.download(uploaded.key), large);
  const { key: other } = await peer.upload(large.subarray(1));
  assertSame(await dx.download(other), large.subarray(1));

  const { result: peers } = (await call(rpcUrl, 'dx_peers')) as { result: { peer: string; keeps: boolean }[] };
  assert.deepEqual(
    peers.map(({ peer: id, keeps }) => [id, keeps]),
    [[peer.peerId, false]],
  );
  const { result: stat } = (await call(rpcUrl, 'dx_stat')) as { result: Record<string, unknown> };
  assert.deepEqual([stat.peer, stat.peers, stat.keys, stat.keeps], [peerId, 1, 3, true]);
  assert.deepEqual((await call(rpcUrl, 'rpc_methods')).result, {
    methods: ['dx_download', 'dx_peers', 'dx_stat', 'dx_upload', 'rpc_methods'],
  });
  const health = (await (await fetch(`${rpcUrl}/healthz`)).json()) as Record<string, unknown>;
  assert.deepEqual([health.status, health.keys], ['ok', 3]);
});

test('data goes in and out by JSON-RPC over WebSocket', async (t) => {
  const { rpcUrl, peerId } = await startDxServer(t);
  const rpc = await RpcClient.connect(rpcUrl.replace('http', 'ws'));
  afterwards(t, () => rpc.close());
  assert.deepEqual(await rpc.request('dx_upload', key, hex), { key, holders: [peerId] });
  assert.equal(await rpc.request('dx_download', key), hex);
  await assert.rejects(rpc.request('dx_upload', await contentIdOf(new Uint8Array()), hex), { code: 8002 });
  const together = await Promise.all(Array.from({ length: 200 }, () => rpc.request('dx_download', key)));
  assert.ok(together.every((answer) => answer === hex));
});

test('what is wrong with a request is answered by its name and changes nothing', async (t) => {
  const { rpcUrl } = await startDxServer(t, { extraArguments: ['--rpc-max-mb', '1'] });
  const refused = async (name: string, code: number, method: string, ...params: unknown[]) => {
    const { error } = await call(rpcUrl, method, ...params);
    assert.equal(error?.code, code, `${method} ${String(params[0]).slice(0, 20)}`);
    assert.equal(error.data?.name, name);
  };
  await refused('WrongKey', 8002, 'dx_upload', await contentIdOf(new Uint8Array()), hex);
  await refused('InvalidKey', 8001, 'dx_upload', 'nonsense', hex);
  await refused('InvalidKey', 8001, 'dx_download', 'nonsense');
  const large = randomData(1024 ** 2 + 1);
  const largeHex = `0x${Buffer.from(large).toString('hex')}`;
  await refused('TooLarge', 8005, 'dx_upload', await contentIdOf(large), largeHex);

  const invalid = async (...params: unknown[]) => {
    const { error } = await call(rpcUrl, 'dx_upload', ...params);
    assert.equal(error?.code, -32602, JSON.stringify(params));
    assert.equal(error.data, undefined);
  };
  await invalid(key);
  await invalid(key, 'payload');
  await invalid(key, '0x1');
  await invalid(key, '0xgg');
  await invalid(1, hex);
  await invalid(key, hex, 'more');
  assert.equal((await call(rpcUrl, 'dx_uplod', key, hex)).error?.code, -32601);

  for (const [body, code] of [
    ['{', -32700],
    ['', -32700],
    ['[]', -32600],
    ['{"id": 1}', -32600],
  ] as const) {
    const answer = (await (await post(rpcUrl, body)).json()) as Answer;
    assert.equal(answer.error?.code, code, body);
  }
  assert.equal((await post(rpcUrl, `"${'x'.repeat(3 * 1024 ** 2)}"`)).status, 413);
  assert.equal((await post(rpcUrl, '{}', { 'content-type': 'text/plain' })).status, 415);
  const { result } = (await call(rpcUrl, 'dx_stat')) as { result: { keys: number } };
  assert.equal(result.keys, 0);
});

test('batches are answered together, and notifications not at all', async (t) => {
  const { rpcUrl } = await startDxServer(t);
  const batch = [
    { jsonrpc: '2.0', id: 'up', method: 'dx_upload', params: { data: hex, key } },
    { jsonrpc: '2.0', method: 'dx_stat' },
    { jsonrpc: '2.0', id: 'no', method: 'dx_download', params: ['nonsense'] },
  ];
  const answers = (await (await post(rpcUrl, JSON.stringify(batch))).json()) as Answer[];
  assert.deepEqual(
    answers.map(({ id, error }) => [id, error?.data?.name]),
    [
      ['up', undefined],
      ['no', 'InvalidKey'],
    ],
  );
  const silent = await post(rpcUrl, JSON.stringify({ jsonrpc: '2.0', method: 'dx_stat' }));
  assert.equal(silent.status, 204);
});

test('pages of other sites may not use the server of this machine', async (t) => {
  const { rpcUrl } = await startDxServer(t);
  const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'dx_stat', params: [] });
  assert.equal((await post(rpcUrl, request, { origin: 'https://example.org' })).status, 403);
  assert.equal((await post(rpcUrl, request, { origin: 'null' })).status, 403);
  assert.equal((await post(rpcUrl, request, { origin: 'http://localhost:3000' })).status, 200);
});

test('a WebSocket that sends what is no text of JSON-RPC does not disturb the others', async (t: TestContext) => {
  const { rpcUrl } = await startDxServer(t, { extraArguments: ['--rpc-max-mb', '1'] });
  const url = rpcUrl.replace('http', 'ws');
  const good = await RpcClient.connect(url);
  afterwards(t, () => good.close());
  const bad = new WebSocket(url);
  await once(bad, 'open');
  bad.send('{');
  const [message] = (await once(bad, 'message')) as [MessageEvent<string>];
  assert.equal((JSON.parse(message.data) as Answer).error?.code, -32700);
  bad.send('x'.repeat(3 * 1024 ** 2));
  await once(bad, 'close');
  assert.ok(await good.request('dx_stat'));
});
