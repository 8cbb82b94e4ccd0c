import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sendToAll } from './send-to-all.ts';

function purchases(refusing: readonly number[]) {
  const sent: number[] = [];
  const send = (agreement: number) => {
    if (refusing.includes(agreement)) return Promise.reject(new Error(`no ${agreement}`));
    sent.push(agreement);
    return Promise.resolve();
  };
  return { send, sent };
}

test('every agreement gets the inputs', async () => {
  const all = purchases([]);
  await sendToAll(all, [1, 2], []);
  assert.deepEqual(all.sent, [1, 2]);
});

test('one that refuses does not keep the others from theirs', async () => {
  const some = purchases([1]);
  await sendToAll(some, [1, 2], []);
  assert.deepEqual(some.sent, [2]);
});

test('when all refuse, the first says why', async () => {
  await assert.rejects(sendToAll(purchases([1, 2]), [1, 2], []), /no 1/);
});
