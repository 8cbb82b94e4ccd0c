import assert from 'node:assert/strict';
import { test } from 'node:test';

import { memoryLocks } from './locks.ts';
import { TabTurn } from './tab-turn.ts';

const name = () => Promise.resolve('turn');
const closing = new AbortController().signal;

test('a tab does several things at once, and another one waits until all of them are done', async () => {
  const locks = memoryLocks();
  const [one, other] = [new TabTurn(locks, name, closing), new TabTurn(locks, name, closing)];
  const log: string[] = [];
  const gates = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()] as const;
  const begun = Promise.withResolvers<undefined>();
  const doing = gates.map(({ promise }, i) =>
    one.run(async () => {
      log.push(`one ${i}`);
      if (log.length === 2) begun.resolve(undefined);
      await promise;
    }),
  );
  await begun.promise;
  const waiting = other.run(() => Promise.resolve(log.push('other')));
  gates[1].resolve(undefined);
  await doing[1];
  assert.ok(await locks.isTaken('turn'));
  log.push('one is left');
  gates[0].resolve(undefined);
  await waiting;
  assert.deepEqual(log, ['one 0', 'one 1', 'one is left', 'other']);
});

test('what fails ends the turn too', async () => {
  const locks = memoryLocks();
  const turn = new TabTurn(locks, name, closing);
  await assert.rejects(
    turn.run(() => Promise.reject(new Error('it failed'))),
    /it failed/,
  );
  assert.equal(await new TabTurn(locks, name, closing).run(() => Promise.resolve(1)), 1);
});

test('a session that is over waits no longer', async () => {
  const locks = memoryLocks();
  const release = await locks.take('turn');
  const ending = new AbortController();
  const waiting = new TabTurn(locks, name, ending.signal).run(() => Promise.resolve(assert.fail()));
  ending.abort(new Error('The session is over.'));
  await assert.rejects(waiting, /The session is over/);
  release?.();
});
