import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { contentIdOf, parseContentId } from '../content-id.ts';
import type { Link } from './link.ts';
import { Want } from './want.ts';

/** A peer that only notes what it is asked. */
function silent(key: string): { readonly link: Link; readonly asked: string[] } {
  const asked: string[] = [];
  const link = {
    ...{ key, heardAtMs: 0 },
    ask: (_: unknown, what: string) => asked.push(what),
    cancel: () => asked.push('cancel'),
  };
  return { link: link as unknown as Link, asked };
}

async function wantFrom(t: TestContext, preferred: boolean) {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const [page, server] = [silent('page'), silent('server')];
  const stop = new AbortController();
  const want = new Want({
    cid: parseContentId(await contentIdOf(new Uint8Array([7]))),
    ...{ first: [], only: false, connected: () => [page.link, server.link] },
    isPreferred: (link) => preferred && link === page.link,
    search: () => Promise.resolve(),
  });
  const ended = want.run(stop.signal);
  ended.catch(() => undefined);
  want.onPresence(server.link, true);
  return { page, server, want, ended, tick: (ms: number) => t.mock.timers.tick(ms) };
}

test('a peer that is slow is not waited for when another one has the block', async (t) => {
  const { page, server, tick, want, ended } = await wantFrom(t, false);
  assert.deepEqual([page.asked, server.asked], [['block'], ['have']]);
  tick(1_000);
  assert.deepEqual(server.asked, ['have', 'block']);
  want.onBlock(server.link, new Uint8Array([7]));
  assert.equal((await ended).from, server.link);
});

test('a preferred peer has some seconds before others are asked for the block', async (t) => {
  const { page, server, tick, want, ended } = await wantFrom(t, true);
  tick(3_000);
  assert.deepEqual([page.asked, server.asked], [['block'], ['have']]);
  tick(1_000);
  assert.deepEqual(server.asked, ['have', 'block']);
  want.onBlock(page.link, new Uint8Array([7]));
  assert.equal((await ended).from, page.link);
});

test('a preferred peer that fails is followed by another at once', async (t) => {
  const { page, server, want, ended } = await wantFrom(t, true);
  want.onFailed(page.link);
  assert.deepEqual(server.asked, ['have', 'block']);
  want.onBlock(server.link, new Uint8Array([7]));
  await ended;
});
