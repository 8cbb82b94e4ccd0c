/** Real Wingmen for a test: processes of their own, stopped with the test, their logs shown when it fails. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { afterwards } from './cleanup.ts';
import type {} from './nodes.ts';
import { startWingman, type StartWingmanOptions, type WingmanProcess } from '../../wingman/start.ts';

/** Starts a Wingman that stops when the test is over. */
export async function startTestWingman(t: TestContext, options: StartWingmanOptions): Promise<WingmanProcess> {
  const wingman = await startWingman({ ...options, signal: t.signal });
  afterwards(t, async () => {
    if (!t.passed) t.diagnostic(`The last lines of the Wingman ${wingman.url}:\n${wingman.log()}`);
    await wingman.stop();
  });
  return wingman;
}

/** A base path that goes when the test is over, for a Wingman that is started more than once. */
export async function wingmanFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-wingman-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
