/** One process at a time. */
import { open, readFile, rm } from 'node:fs/promises';

import { onShutdown } from '../lib/shutdown.ts';
import { waitFor } from '../lib/wait.ts';

export interface LockOptions {
  /** Called once if another process has it. */
  readonly onWait?: () => void;
  /** How long another process may have it. Default: 10 min. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does something while no other process that uses the same file does. What a process left behind that was killed is
 * taken over.
 *
 * @throws when another process has it for too long
 */
export async function withLock<T>(
  file: string,
  { onWait, timeoutMs = 600_000, signal }: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (!(await take(file))) {
    onWait?.();
    await waitFor(() => take(file), { what: `${file}, which another process has,`, timeoutMs, everyMs: 200, signal });
  }
  const release = () => rm(file, { force: true });
  const unregister = onShutdown(release);
  try {
    return await work();
  } finally {
    await release();
    unregister();
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (holder !== '' && !isAlive(Number(holder))) await rm(file, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
