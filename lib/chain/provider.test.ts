import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Connection } from './connection.ts';
import { WrongChain } from './errors.ts';
import type { Link } from './link.ts';
import { LinkProvider } from './provider.ts';
import { ChainUnavailable } from '../market/errors.ts';

/** A link that answers what it is told to, and is lost on demand. */
function scriptedLink(answers: Record<string, unknown>) {
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  const gone = lost.then((reason) => Promise.reject(new ChainUnavailable(reason)));
  gone.catch(() => undefined);
  const calls: string[] = [];
  const callbacks: ((error: Error | null, value: unknown) => void)[] = [];
  const link: Link = {
    send(method) {
      calls.push(method);
      return Promise.race([Promise.resolve(answers[method] ?? gone), gone]);
    },
    subscribe(_, method, __, callback) {
      calls.push(method);
      callbacks.push(callback);
      return Promise.resolve(callbacks.length);
    },
    unsubscribe(_, method, id) {
      calls.push(`${method} ${id}`);
      return Promise.resolve(true);
    },
    lost,
    close: () => lose('closed'),
  };
  return { link, lose, calls, callbacks };
}

const once = (provider: LinkProvider, type: 'connected' | 'disconnected') =>
  new Promise<void>((resolve) => {
    const off = provider.on(type, () => {
      off();
      resolve();
    });
  });

test('subscriptions are made again on the next link, but for those of transactions', async (t) => {
  const links = [scriptedLink({}), scriptedLink({})] as const;
  let opened = 0;
  const provider = new LinkProvider(() => {
    const next = links[opened++];
    return next === undefined ? Promise.reject(new Error('no more')) : Promise.resolve(next.link);
  });
  t.after(() => provider.disconnect());
  const connected = once(provider, 'connected');
  await provider.connect();
  await connected;

  const heard: unknown[] = [];
  const heads = await provider.subscribe('chain_newHead', 'heads', [], (_, value) => heard.push(value));
  const ended: (Error | null)[] = [];
  await provider.subscribe('author_extrinsicUpdate', 'watch', [], (error) => ended.push(error));
  links[0].callbacks[0]?.(null, 'first');
  const again = once(provider, 'connected');
  links[0].lose('cut');
  await again;

  assert.deepEqual(links[1].calls, ['heads']);
  links[1].callbacks[0]?.(null, 'second');
  assert.deepEqual(heard, ['first', 'second']);
  assert.equal(ended.length, 1);
  assert.ok(ended[0] instanceof ChainUnavailable);
  // The name of a subscription stays, whatever the present link calls it.
  await provider.unsubscribe('chain_newHead', 'unheads', heads);
  assert.deepEqual(links[1].calls, ['heads', 'unheads 1']);
});

test('a request is asked again on the next link, and fails by its deadline without one', async () => {
  const links = [scriptedLink({}), scriptedLink({ greet: 'hello' })];
  const provider = new LinkProvider(() => {
    const next = links.shift();
    return next === undefined ? Promise.reject(new Error('nobody is there')) : Promise.resolve(next.link);
  });
  const [first, second] = links;
  assert.ok(first && second);
  const connection = new Connection(provider, 5_000);
  await provider.connect();
  const answer = connection.request('greet', []);
  first.lose('cut');
  assert.equal(await answer, 'hello');
  second.lose('cut');

  const hasty = new Connection(provider, 50);
  await assert.rejects(hasty.request('greet', []), { name: 'ChainUnavailable' });
  await connection.close();
  await assert.rejects(connection.request('greet', []), { name: 'ChainUnavailable', message: /closed/ });
});

test('after a reconnection to another chain nothing is answered any more', async () => {
  const links = [scriptedLink({ chain_getBlockHash: '0x01' }), scriptedLink({ chain_getBlockHash: '0x02' })];
  const [first] = links;
  const provider = new LinkProvider(() => {
    const next = links.shift();
    return next === undefined ? Promise.reject(new Error('no more')) : Promise.resolve(next.link);
  });
  const connection = new Connection(provider, 5_000);
  assert.equal(await connection.open(), '0x01');
  const closed = new Promise((resolve) => connection.closed.addEventListener('abort', resolve));
  first?.lose('cut');
  await closed;
  assert.ok(connection.closed.reason instanceof WrongChain);
  await assert.rejects(connection.request('chain_getBlockHash', [0]), { name: 'WrongChain' });
});
