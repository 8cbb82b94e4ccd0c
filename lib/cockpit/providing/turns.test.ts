import assert from 'node:assert/strict';
import { test } from 'node:test';

import { memoryLocks, type Locks } from '../locks.ts';
import { Turns } from './turns.ts';

/** A tab that writes down what happens to it. */
function tab(locks: Locks, name: string, log: string[], state = { wanted: true }) {
  const closing = new AbortController();
  const finish = Promise.withResolvers<undefined>();
  const turns = new Turns({
    locks,
    lockName: () => Promise.resolve('work'),
    isWanted: () => Promise.resolve(state.wanted),
    async work(signal, begun) {
      log.push(`${name} works`);
      begun();
      const aborted = Promise.withResolvers<undefined>();
      signal.addEventListener('abort', () => aborted.resolve(undefined), { once: true });
      await Promise.race([finish.promise, aborted.promise]);
    },
    onElsewhere: () => log.push(`${name} waits`),
    onEnd: (error) => log.push(`${name} ends${error instanceof Error ? `: ${error.message}` : ''}`),
    closing: closing.signal,
  });
  return { turns, closing, finish, state };
}

test('one tab works, the next one waits and takes over when that one ends', async () => {
  const locks = memoryLocks();
  const log: string[] = [];
  const [first, second] = [tab(locks, 'first', log), tab(locks, 'second', log)];
  await first.turns.begin();
  await second.turns.begin();
  assert.deepEqual(log, ['first works', 'second waits']);
  first.closing.abort(new Error('The page is closed.'));
  await first.turns.done();
  // The lock was given back before, so the next one is on its way.
  while (log.length < 4) await Promise.resolve();
  assert.deepEqual(log.slice(2), ['first ends', 'second works']);
  await second.turns.end();
  assert.equal(log.at(-1), 'second ends');
  assert.equal(second.turns.isTaking, false);
});

test('a tab that waited does not begin when nobody is wanted any more', async () => {
  const locks = memoryLocks();
  const log: string[] = [];
  const [first, second] = [tab(locks, 'first', log), tab(locks, 'second', log)];
  await first.turns.begin();
  await second.turns.begin();
  second.state.wanted = false;
  await first.turns.end();
  await second.turns.done();
  assert.deepEqual(log, ['first works', 'second waits', 'first ends', 'second ends']);
});

test('beginning twice is one turn, and a turn that is ending is waited for', async () => {
  const log: string[] = [];
  const { turns } = tab(memoryLocks(), 'it', log);
  await Promise.all([turns.begin(), turns.begin()]);
  const ended = turns.end();
  await turns.begin();
  await ended;
  assert.deepEqual(log, ['it works', 'it ends', 'it works']);
  await turns.end();
});

test('work that fails gives the lock back and tells why; work that is over tells nothing', async () => {
  const locks = memoryLocks();
  const log: string[] = [];
  const failing = tab(locks, 'failing', log);
  await failing.turns.begin();
  failing.finish.reject(new Error('no way'));
  await failing.turns.done();
  const fine = tab(locks, 'fine', log);
  await fine.turns.begin();
  fine.finish.resolve(undefined);
  await fine.turns.done();
  assert.deepEqual(log, ['failing works', 'failing ends: no way', 'fine works', 'fine ends']);
});
