import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { afterwards } from '../../test/support/cleanup.ts';
import { tryLock, withLock } from './lock.ts';
import { start } from './process.ts';
import { waitFor } from './wait.ts';

async function lockFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-lock-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true }));
  return join(folder, 'lock.sqlite');
}

test('what holds the lock is done before what waits for it, also when it fails', async (t) => {
  const file = await lockFile(t);
  const order: string[] = [];
  let second: Promise<number> | undefined;
  const first = withLock(file, {}, async () => {
    order.push('first begins');
    await new Promise<void>((isWaiting) => {
      second = withLock(file, { onWait: isWaiting }, () => {
        order.push('second');
        return Promise.resolve(2);
      });
    });
    order.push('first ends');
    throw new Error('it failed');
  });
  await assert.rejects(first, /it failed/);
  assert.equal(await second, 2);
  assert.deepEqual(order, ['first begins', 'first ends', 'second']);
});

test('the lock of a process that was killed is free at once, and nobody is said to have it', async (t) => {
  const file = await lockFile(t);
  const script =
    `import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};` +
    `await withLock(${JSON.stringify(file)}, {}, async () => {` +
    "  console.log('locked'); setInterval(() => {}, 1_000); await new Promise(() => undefined); });";
  let isLocked = false;
  const child = await start(process.execPath, ['--input-type=module', '--eval', script], {
    onLine: (line) => (isLocked ||= line === 'locked'),
  });
  afterwards(t, () => child.kill());
  await waitFor(() => isLocked, { what: 'the lock of the other process', timeoutMs: 60_000, signal: t.signal });
  assert.equal(tryLock(file), undefined);
  await child.kill();
  const onWait = () => assert.fail('nobody has it');
  assert.equal(await withLock(file, { onWait }, () => Promise.resolve('done')), 'done');
});

test('waiting ends with its signal and with its deadline', async (t) => {
  const file = await lockFile(t);
  const release = tryLock(file);
  assert.ok(release);
  const waiting = new AbortController();
  const aborted = withLock(file, { signal: waiting.signal, onWait: () => waiting.abort() }, () => Promise.resolve());
  await assert.rejects(aborted, { name: 'AbortError' });
  await assert.rejects(
    withLock(file, { timeoutMs: 1 }, () => Promise.resolve()),
    /which another process has/,
  );
  release();
  assert.equal(await withLock(file, {}, () => Promise.resolve('free')), 'free');
});
