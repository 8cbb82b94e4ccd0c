import assert from 'node:assert/strict';
import { test } from 'node:test';

import { waitFor, within } from './wait.ts';

test('waiting gives what was found in the end', async () => {
  let looks = 0;
  assert.equal(
    await waitFor(() => (++looks === 3 ? 'found' : undefined), { what: 'it', timeoutMs: 1000, everyMs: 1 }),
    'found',
  );
});

test('waiting in vain ends with an error that names what was awaited', async () => {
  await assert.rejects(
    waitFor(() => false, { what: 'the impossible', timeoutMs: 5, everyMs: 1 }),
    /vain for the impossible/,
  );
  await assert.rejects(within(new Promise(() => undefined), { what: 'the end', timeoutMs: 5 }), /vain for the end/);
});

test('waiting can be given up', async () => {
  const signal = AbortSignal.abort(new Error('given up'));
  await assert.rejects(
    waitFor(() => false, { what: 'it', timeoutMs: 1000, signal }),
    /given up/,
  );
});

test('an error while looking ends the waiting', async () => {
  const look = () => Promise.reject(new Error('broken'));
  await assert.rejects(waitFor(look, { what: 'it', timeoutMs: 1000 }), /broken/);
});
