import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NotFound } from '../dx/errors.ts';
import type { DownloadOptions, Dx } from '../dx/types.ts';
import { Value } from './observable.ts';
import { sessionDx } from './session-dx.ts';

const never = new AbortController().signal;
const bytes = new Uint8Array([1, 2, 3]);

/** A peer that answers when it is told to; as a peer does, it ends what it does when the signal aborts. */
class SlowPeer implements Dx {
  readonly asked: DownloadOptions[] = [];
  readonly answers = Promise.withResolvers<Uint8Array>();

  async upload(data: Uint8Array, options: DownloadOptions = {}) {
    await this.download('', options);
    return { key: String(data.length), holders: [] };
  }

  download(_: string, options: DownloadOptions = {}) {
    this.asked.push(options);
    const { promise, reject } = Promise.withResolvers<Uint8Array>();
    options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
    return Promise.race([promise, this.answers.promise]);
  }
}

test('a transfer waits for a peer, and goes on with the next one when that is replaced in the middle', async () => {
  const [first, second] = [new SlowPeer(), new SlowPeer()];
  const peer = new Value<Dx | null>(null);
  const dx = sessionDx(peer, never);
  const progress = () => undefined;
  const transfers = Promise.all([
    dx.download('key', { maxBytes: 5, onProgress: progress }),
    dx.upload(bytes, { replicas: 1 }),
  ]);
  peer.set(first);
  await settled();
  assert.deepEqual([first.asked.length, second.asked.length], [2, 0]);
  peer.set(null);
  await settled();
  peer.set(second);
  await settled();
  assert.equal(second.asked.length, 2);
  const [download] = second.asked;
  assert.deepEqual([download?.maxBytes, download?.onProgress], [5, progress]);
  second.answers.resolve(bytes);
  assert.deepEqual(await transfers, [bytes, { key: '3', holders: [] }]);
});

test('what a peer itself cannot do is not tried again', async () => {
  const only = new SlowPeer();
  only.answers.reject(new NotFound('nobody has it'));
  await assert.rejects(sessionDx(new Value<Dx | null>(only), never).download('key'), { name: 'NotFound' });
  assert.equal(only.asked.length, 1);
});

test('without a peer in time it says so, and whoever asked or the session can end it', async () => {
  const none = new Value<Dx | null>(null);
  await assert.rejects(sessionDx(none, never).download('key', { timeoutMs: 1 }), { name: 'DxUnavailable' });
  const asker = new AbortController();
  const asked = sessionDx(none, never).download('key', { signal: asker.signal });
  asker.abort(new Error('I do not want it any more.'));
  await assert.rejects(asked, { message: 'I do not want it any more.' });

  const session = new AbortController();
  const peer = new Value<Dx | null>(new SlowPeer());
  const running = sessionDx(peer, session.signal).upload(bytes);
  await settled();
  session.abort(new Error('The session is over.'));
  peer.set(null);
  await assert.rejects(running, { message: 'The session is over.' });
});

/** Returns when everything has happened that does not wait for anything else. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
