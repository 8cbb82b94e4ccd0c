/** The Dx methods of a node's JSON-RPC, as anybody's client uses them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { createDxRpcClient } from '../../lib/dx/rpc-client.ts';
import { RpcClient } from '../../scripts/lib/rpc.ts';
import { afterwards } from '../support/cleanup.ts';
import { assertSame, createTestPeer, randomData } from '../support/dx.ts';
import { startDxNode } from '../support/dx-node.ts';

const data = new TextEncoder().encode('payload');
const hex = `0x${Buffer.from(data).toString('hex')}`;
const key = await contentIdOf(data);

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly name: string } };
}

async function call(url: string, method: string, params: unknown = []): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  assert.equal(response.status, 200);
  return (await response.json()) as Answer;
}

test("data goes in and out by a node's JSON-RPC, as it does with a server in TypeScript", async (t) => {
  const node = await startDxNode(t);
  const { rpcUrl, peerId } = node;
  assert.deepEqual((await call(rpcUrl, 'dx_upload', [key, hex])).result, { key, holders: [peerId] });
  assert.equal((await call(rpcUrl, 'dx_download', [key])).result, hex);
  assert.deepEqual((await call(rpcUrl, 'dx_upload', { data: hex, key })).result, { key, holders: [peerId] });
  assert.equal((await call(rpcUrl, 'dx_download', { key })).result, hex);

  const rpc = await RpcClient.connect(node.wsRpcUrl);
  afterwards(t, () => rpc.close());
  assert.equal(await rpc.request('dx_download', key), hex);
  await assert.rejects(rpc.request('dx_upload', await contentIdOf(new Uint8Array()), hex), { code: 8002 });
  const together = await Promise.all(Array.from({ length: 100 }, () => rpc.request('dx_download', key)));
  assert.ok(together.every((answer) => answer === hex));

  const peer = await createTestPeer(t, { servers: [node.tcpAddress] });
  assertSame(await peer.download(key), data);
  const { result: peers } = (await call(rpcUrl, 'dx_peers')) as {
    readonly result: readonly { readonly peer: string; readonly address: string; readonly keeps: boolean }[];
  };
  assert.deepEqual(
    peers.map(({ peer: id, keeps, ...others }) => [id, keeps, Object.keys(others)]),
    [[peer.peerId, false, ['address']]],
  );
  const stat = await node.stat();
  assert.deepEqual([stat.peer, stat.peers, stat.storers, stat.keeps], [peerId, 1, 0, true]);
  assert.deepEqual([stat.keys, stat.bytes, stat.strangerBytes], [1, data.length, data.length]);
  const { result } = (await call(rpcUrl, 'rpc_methods')) as { readonly result: { readonly methods: string[] } };
  for (const method of ['dx_download', 'dx_peers', 'dx_stat', 'dx_upload']) assert.ok(result.methods.includes(method));
});

test('what is wrong with a request is answered by its name and changes nothing', async (t) => {
  const node = await startDxNode(t);
  const refused = async (name: string, code: number, method: string, ...params: unknown[]) => {
    const { error } = await call(node.rpcUrl, method, params);
    assert.equal(error?.code, code, `${method} ${String(params[0]).slice(0, 20)}: ${error?.message}`);
    assert.equal(error.data?.name, name);
  };
  await refused('WrongKey', 8002, 'dx_upload', await contentIdOf(new Uint8Array()), hex);
  await refused('InvalidKey', 8001, 'dx_upload', 'nonsense', hex);
  await refused('InvalidKey', 8001, 'dx_download', 'nonsense');
  await refused('InvalidKey', 8001, 'dx_download', key.toUpperCase());
  const invalid = [[key], [key, 'payload'], [key, '0x1'], [key, '0xgg'], [1, hex], [key, hex, 'more'], { kez: key }];
  for (const params of invalid) {
    const { error } = await call(node.rpcUrl, 'dx_upload', params);
    assert.equal(error?.code, -32602, JSON.stringify(params));
    assert.equal(error.data, undefined);
  }
  const { keys, bytes } = await node.stat();
  assert.deepEqual([keys, bytes], [0, 0]);
});

test('a node whose callers may not be trusted takes no uploads, unless that is allowed, and gives what it has', async (t) => {
  const careful = await startDxNode(t, { extraArguments: ['--rpc-methods', 'safe'] });
  const { error } = await call(careful.rpcUrl, 'dx_upload', [key, hex]);
  assert.equal(error?.code, -32601);
  assert.match(error.message, /local callers/);
  const { keys } = await careful.stat();
  assert.equal(keys, 0);
  const peer = await createTestPeer(t, { servers: [careful.tcpAddress] });
  await peer.upload(data);
  assert.equal((await call(careful.rpcUrl, 'dx_download', [key])).result, hex);

  const open = await startDxNode(t, { extraArguments: ['--rpc-methods', 'safe', '--dx-unsafe-upload'] });
  assert.deepEqual((await call(open.rpcUrl, 'dx_upload', [key, hex])).result, { key, holders: [open.peerId] });
});

test('what nobody has is answered by its name at the deadline, and a caller who goes away costs nothing more', async (t) => {
  const node = await startDxNode(t);
  const missing = await contentIdOf(randomData(10));
  const dx = createDxRpcClient(node.rpcUrl);
  await assert.rejects(dx.download(missing, { timeoutMs: 300 }), { name: 'NotFound' });
  const waiting = Array.from({ length: 20 }, async () => call(node.rpcUrl, 'dx_download', [missing]));
  // Others do not wait for these.
  await dx.upload(data);
  assertSame(await dx.download(key), data);
  for (const { error } of await Promise.all(waiting)) {
    assert.equal(error?.code, 8003, error?.message);
    assert.equal(error.data?.name, 'NotFound');
    assert.match(error.message, new RegExp(missing));
  }
});
