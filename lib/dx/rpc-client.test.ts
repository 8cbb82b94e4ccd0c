import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';

import { contentIdOf } from './content-id.ts';
import { createDxRpcClient } from './rpc-client.ts';

const data = new TextEncoder().encode('payload');
const key = await contentIdOf(data);
const hex = `0x${Buffer.from(data).toString('hex')}`;

interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A server that answers each call with what it is told; `undefined` is no answer at all. */
async function serve(t: TestContext, answer: (call: Call) => unknown) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = JSON.parse(body) as Call;
      calls.push(call);
      const given = answer(call);
      if (given !== undefined) response.end(typeof given === 'string' ? given : JSON.stringify(given));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { dx: createDxRpcClient(url), calls, url, server };
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

test('an upload names its key and sends its data in hexadecimal', async (t) => {
  const { dx, calls } = await serve(t, () => ({ jsonrpc: '2.0', id: 1, result: { key, holders: ['peer'] } }));
  assert.deepEqual(await dx.upload(data), { key, holders: ['peer'] });
  assert.deepEqual(
    calls.map(({ method, params }) => [method, params]),
    [['dx_upload', [key, hex]]],
  );
});

test('a wrong key is refused before anything is sent', async (t) => {
  const { dx, calls } = await serve(t, () => undefined);
  await assert.rejects(dx.upload(data, { key: await contentIdOf(new Uint8Array()) }), { name: 'WrongKey' });
  await assert.rejects(dx.upload(data, { key: 'nonsense' }), { name: 'InvalidKey' });
  await assert.rejects(dx.download('nonsense'), { name: 'InvalidKey' });
  assert.deepEqual(calls, []);
});

test('a download is checked here, whatever the server says', async (t) => {
  let result = hex;
  const { dx } = await serve(t, () => ({ jsonrpc: '2.0', id: 1, result }));
  assert.deepEqual(await dx.download(key), data);
  result = '0x00';
  await assert.rejects(dx.download(key), { name: 'Corrupt' });
  result = 'not hexadecimal';
  await assert.rejects(dx.download(key), { name: 'DxUnavailable' });
});

test('more than the limit is refused, and not read to its end', async (t) => {
  const { dx } = await serve(t, () => ({ jsonrpc: '2.0', id: 1, result: `0x${'00'.repeat(100_000)}` }));
  await assert.rejects(dx.download(key, { maxBytes: 1000 }), { name: 'TooLarge' });
  await assert.rejects(dx.download(key, { maxBytes: 99_999 }), { name: 'TooLarge' });
});

test("the server's errors are what they would be here", async (t) => {
  const named = (code: number, name: string) => ({
    jsonrpc: '2.0',
    id: 1,
    error: { code, message: 'why', data: { name } },
  });
  let reply: unknown = named(8003, 'NotFound');
  const { dx } = await serve(t, () => reply);
  await assert.rejects(dx.download(key), { name: 'NotFound', message: 'why' });
  reply = named(8006, 'NotReplicated');
  await assert.rejects(dx.upload(data), { name: 'NotReplicated', message: 'why' });
  reply = named(1, 'toString');
  await assert.rejects(dx.upload(data), { name: 'DxUnavailable', message: /why \(1\)/ });
});

test('a server that answers nonsense, or does not answer, is named', async (t) => {
  const { dx, url, server } = await serve(t, () => 'hello');
  await assert.rejects(dx.download(key), { name: 'DxUnavailable', message: new RegExp(url) });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(dx.download(key), { name: 'DxUnavailable', message: /Is the Dx server running/ });
});

test('a deadline and an abort end the waiting', async (t) => {
  const { dx } = await serve(t, () => undefined);
  await assert.rejects(dx.download(key, { timeoutMs: 50 }), { name: 'NotFound' });
  await assert.rejects(dx.upload(data, { timeoutMs: 50 }), { name: 'NotReplicated' });
  const reason = new Error('enough');
  await assert.rejects(dx.download(key, { signal: AbortSignal.abort(reason) }), reason);
});
