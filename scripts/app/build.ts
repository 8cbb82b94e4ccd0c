/** Building the static site into `out/`. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { withLock } from '../lib/lock.ts';
import { root } from '../lib/paths.ts';
import { start } from '../lib/process.ts';
import { finishSite } from './finish.ts';
import { siteSources } from './sources.ts';

/** Where the site lies. */
export const siteFolder = join(root, 'out');

/** Beside it: the hash of what it was built from. */
const record = join(root, '.next', 'airo-site-sources');

/** Where Git does not look, and Next.js does not clean up. */
const lockFile = join(root, 'node_modules', '.cache', 'airo-site-lock.sqlite');

/** Ends the build should this process be killed, so that the next one finds nobody at work. */
const endWithParent = join(root, 'scripts', 'lib', 'end-with-parent.ts');

/** The site could not be built; the message ends with what the build said. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

export interface BuildOptions {
  /** Receives each line about what goes on. */
  readonly onLine?: (line: string) => void;
  /** Receives each line that Next.js writes. When the build fails, they are in the error as well. */
  readonly onOutput?: (line: string) => void;
  /** Whether it only gets the processor time that nobody else wants. */
  readonly yields?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Builds the site, unless it is there and its sources have not changed since. Of several processes that want it, one
 * builds and the others wait.
 *
 * @returns whether it was built now
 * @throws {BuildError} {InlineContentError}; no half a site is left then
 */
export async function buildSite(options: BuildOptions = {}): Promise<boolean> {
  const { onLine = () => undefined } = options;
  await mkdir(dirname(lockFile), { recursive: true });
  const onWait = () => onLine('another process builds the site');
  return withLock(lockFile, { signal: options.signal, onWait }, async () => {
    const sources = await siteSources();
    if (await isCurrent(sources)) return false;
    const began = performance.now();
    onLine('building the site (half a minute at the first time)');
    await rm(siteFolder, { recursive: true, force: true });
    await mkdir(join(root, '.next'), { recursive: true });
    await rm(record, { force: true });
    try {
      await build(options);
      onLine('compressing it');
      await finishSite(siteFolder);
    } catch (error) {
      await rm(siteFolder, { recursive: true, force: true });
      throw error;
    }
    await writeFile(record, sources);
    onLine(`built in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    return true;
  });
}

async function isCurrent(sources: string): Promise<boolean> {
  const built = await readFile(record, 'utf8').catch(() => '');
  return built === sources && (await stat(join(siteFolder, 'index.html')).catch(() => undefined)) !== undefined;
}

async function build({ onOutput, yields = false, signal }: BuildOptions): Promise<void> {
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const lines: string[] = [];
  const running = await start(process.execPath, [endWithParent, String(process.pid), next, 'build'], {
    cwd: root,
    yields,
    // Next.js would report to its maker otherwise.
    env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', NODE_OPTIONS: undefined },
    onLine: (line) => {
      if (line.trim() === '') return;
      lines.push(line);
      onOutput?.(line);
    },
  });
  const stop = () => void running.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const { code } = await running.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (code !== 0) throw new BuildError(`The site could not be built (status ${code}).\n${lines.join('\n')}`);
}
