import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Probe } from './probe.ts';

/** A light client that answers what the test tells it to. */
function scripted() {
  const requests: { readonly id: unknown; readonly method: string }[] = [];
  const responses: string[] = [];
  let next = Promise.withResolvers<undefined>();
  const answer = (id: unknown, result: unknown) => {
    responses.push(JSON.stringify({ jsonrpc: '2.0', id, result }));
    next.resolve(undefined);
  };
  let removals = 0;
  let ended: Error | null = null;
  const chain = {
    sendJsonRpc: (request: string) => void requests.push(JSON.parse(request) as (typeof requests)[number]),
    async nextJsonRpcResponse() {
      for (;;) {
        const response = responses.shift();
        if (response !== undefined) return response;
        if (ended !== null) throw ended;
        await next.promise;
        next = Promise.withResolvers();
      }
    },
    // Like the chain of an extension, it does not tell who waits for a response.
    remove() {
      removals++;
    },
  };
  const end = (error: Error) => {
    ended = error;
    next.resolve(undefined);
  };
  return { chain, requests, answer, end, removals: () => removals };
}

test('answers to the probe stay with it, and all others go to who uses the chain', async () => {
  const { chain, requests, answer } = scripted();
  const probe = new Probe(chain);
  probe.sendJsonRpc('{"jsonrpc":"2.0","id":1,"method":"chain_getHeader","params":[]}');
  const peers = probe.peers();
  const response = probe.nextJsonRpcResponse();
  answer(requests[1]?.id, [{}, {}]);
  answer(1, 'the header');
  assert.equal(await peers, 2);
  assert.deepEqual(JSON.parse(await response), { jsonrpc: '2.0', id: 1, result: 'the header' });
  // What only looks like an answer to it is none.
  answer('airo-probe-99', 'another');
  assert.match(await probe.nextJsonRpcResponse(), /another/);
});

test('who asks a light client that has ended hears of it', async () => {
  const { chain, removals } = scripted();
  const probe = new Probe(chain);
  const peers = assert.rejects(probe.peers(), /no longer asked/);
  const response = assert.rejects(probe.nextJsonRpcResponse(), /no longer asked/);
  probe.remove();
  await peers;
  await response;
  await assert.rejects(probe.nextJsonRpcResponse(), /is gone/);
  await assert.rejects(probe.peers(), /is gone/);
  assert.equal(removals(), 1);
  probe.remove();
  assert.equal(removals(), 1);
});

test('a light client that ends by itself is removed all the same', async () => {
  const { chain, end, removals } = scripted();
  const probe = new Probe(chain);
  const response = assert.rejects(probe.nextJsonRpcResponse(), /has crashed/);
  end(new Error('it has crashed'));
  await response;
  await assert.rejects(probe.peers(), /is gone/);
  probe.remove();
  assert.equal(removals(), 1);
});
