/** JSON-RPC of Dx, at both ends: what a server is asked, and what a client is answered. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { codes, dispatch } from '../../../dx/rpc/dispatch.ts';
import { describeError, dxMethods } from '../../../dx/rpc/methods.ts';
import { contentIdOf } from '../../../lib/dx/content-id.ts';
import { createDxPeer } from '../../../lib/dx/node/peer.ts';
import { createDxRpcClient, readDxAddresses } from '../../../lib/dx/rpc-client.ts';
import { anyText, wholeJson } from '../json.ts';
import type { Target } from '../target.ts';

const maxBytes = 64 * 1024;
const maxBatch = 50;
/** A key that is one, but of nothing that is there, is looked for so long. */
const patienceMs = 100;
const held = new TextEncoder().encode('airo');
const longestMessage = 2_000;

/** Started with the first input, and ended with the thread. */
const once = <T>(make: () => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** A peer that keeps for itself, and knows nobody. */
const lonelyPeer = once(async () => {
  const peer = await createDxPeer({ keep: {} });
  await peer.upload(held);
  return peer;
});

/** Answers every request with what it is given. */
const echo = once(async () => {
  let body = new Uint8Array();
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(body));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createDxRpcClient(url);
  const answerWith = (bytes: Uint8Array<ArrayBuffer>) => {
    body = bytes;
  };
  return { url, client, answerWith, key: await contentIdOf(held) };
});

/** What a client says of an answer: a server's own errors, and that it is no server of Dx. */
const answered = ['DxUnavailable', 'NotFound', 'Corrupt', 'TooLarge', 'InvalidKey', 'WrongKey', 'NotReplicated'];

interface Answer {
  readonly jsonrpc: string;
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export const dxRpcTargets: readonly Target[] = [
  {
    name: 'dx-rpc-request',
    refusals: [],
    json: wholeJson,
    read: async (bytes) => {
      const signal = AbortSignal.timeout(patienceMs);
      const methods = dxMethods(await lonelyPeer(), maxBytes);
      const text = await dispatch(anyText(bytes), { methods, describe: describeError, maxBatch, signal });
      if (text === undefined) return;
      const parsed = JSON.parse(text) as Answer | Answer[];
      for (const { jsonrpc, id, result, error } of Array.isArray(parsed) ? parsed : [parsed]) {
        assert.equal(jsonrpc, '2.0');
        assert.ok(id === null || typeof id === 'string' || typeof id === 'number');
        assert.equal(result === undefined, error !== undefined, 'a result or an error, and not both');
        if (error === undefined) continue;
        assert.ok(error.code !== codes.internalError || signal.aborted, error.message);
        assert.ok(error.message.length <= longestMessage, `a message of ${error.message.length} characters`);
      }
    },
  },
  {
    name: 'dx-rpc-answer',
    refusals: answered,
    json: wholeJson,
    read: async (bytes) => {
      const { client, answerWith, key } = await echo();
      answerWith(new Uint8Array(bytes));
      assert.deepEqual(await client.download(key, { maxBytes }), held);
    },
  },
  {
    name: 'dx-rpc-uploaded',
    refusals: answered,
    json: wholeJson,
    read: async (bytes) => {
      const { client, answerWith, key } = await echo();
      answerWith(new Uint8Array(bytes));
      const uploaded = await client.upload(held);
      assert.equal(uploaded.key, key);
      assert.ok(uploaded.holders.every((holder) => typeof holder === 'string'));
    },
  },
  {
    name: 'dx-rpc-addresses',
    refusals: answered,
    json: wholeJson,
    read: async (bytes) => {
      const { url, answerWith } = await echo();
      answerWith(new Uint8Array(bytes));
      const addresses = await readDxAddresses(url);
      assert.ok(addresses.every((address) => typeof address === 'string'));
    },
  },
];
