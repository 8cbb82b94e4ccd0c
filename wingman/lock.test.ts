import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { start } from '../scripts/lib/process.ts';
import { waitFor } from '../scripts/lib/wait.ts';
import { afterwards } from '../test/support/cleanup.ts';
import { lockBasePath } from './lock.ts';

const locked = { name: 'BasePathLocked', message: /is used by another Wingman/ };

test('a base path is locked until it is released', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-lock-'));
  afterwards(t, () => rm(folder, { recursive: true }));
  const release = lockBasePath(folder);
  assert.throws(() => lockBasePath(folder), locked);
  release();
  lockBasePath(folder)();
});

test('a lock ends with its process, also when that is killed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-lock-'));
  afterwards(t, () => rm(folder, { recursive: true }));
  const script =
    `import { lockBasePath } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};` +
    `lockBasePath(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1000);`;
  let isLocked = false;
  const child = await start(process.execPath, ['--input-type=module', '--eval', script], {
    onLine: (line) => (isLocked ||= line === 'locked'),
  });
  afterwards(t, () => child.kill());
  await waitFor(() => isLocked, { what: 'the lock of the other process', timeoutMs: 60_000, signal: t.signal });
  assert.throws(() => lockBasePath(folder), locked);
  await child.kill();
  lockBasePath(folder)();
});
