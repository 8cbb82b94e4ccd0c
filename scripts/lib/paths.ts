/** The folders the scripts work in. Nothing that is built or downloaded lies inside the checkout but node_modules. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The root of the checkout. */
export const root = resolve(import.meta.dirname, '..', '..');

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder for what can be made again: unpacked binaries and Cargo's target folder. It is shared by all checkouts of
 * a user, so that a fresh clone builds incrementally.
 *
 * @throws when `AIRO_CACHE` is a relative path: it would mean another folder in each working directory.
 */
export function cacheFolder(env: Environment = process.env): string {
  if (env.AIRO_CACHE) {
    if (!isAbsolute(env.AIRO_CACHE)) throw new Error(`AIRO_CACHE must be an absolute path, not ${env.AIRO_CACHE}`);
    return env.AIRO_CACHE;
  }
  return join(baseFolder(env.XDG_CACHE_HOME, '.cache'), 'airo');
}

/** The folder for what must be kept, such as the blocks of a development chain. */
export function dataFolder(env: Environment = process.env): string {
  return join(baseFolder(env.XDG_DATA_HOME, join('.local', 'share')), 'airo');
}

/** The XDG base directory specification tells to ignore a relative path. */
function baseFolder(fromEnvironment: string | undefined, inHome: string): string {
  return fromEnvironment && isAbsolute(fromEnvironment) ? fromEnvironment : join(homedir(), inHome);
}

/** Cargo's target folder. `CARGO_TARGET_DIR` wins, as it does for Cargo itself. */
export function cargoTargetFolder(env: Environment = process.env): string {
  return env.CARGO_TARGET_DIR ? resolve(env.CARGO_TARGET_DIR) : join(cacheFolder(env), 'cargo');
}
