import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { withLock } from './lock.ts';

async function lockFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-lock-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'lock');
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
  assert.equal(existsSync(file), false);
});

test('the lock of a process that was killed is taken over', async (t) => {
  const file = await lockFile(t);
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  await writeFile(file, String(child.pid));
  assert.equal(await withLock(file, { timeoutMs: 10_000 }, () => Promise.resolve('done')), 'done');
});

test('waiting ends with its signal and with its deadline', async (t) => {
  const file = await lockFile(t);
  await writeFile(file, String(process.pid));
  const waiting = new AbortController();
  const aborted = withLock(file, { signal: waiting.signal, onWait: () => waiting.abort() }, () => Promise.resolve());
  await assert.rejects(aborted, { name: 'AbortError' });
  await assert.rejects(
    withLock(file, { timeoutMs: 1 }, () => Promise.resolve()),
    /which another process has/,
  );
  assert.equal(existsSync(file), true);
});
