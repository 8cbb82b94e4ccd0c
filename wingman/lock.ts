/** One Wingman per base path. */
import { join } from 'node:path';

import { tryLock } from '../scripts/lib/lock.ts';
import { BasePathLocked } from './errors.ts';

/**
 * Locks a base path for this process, until that ends.
 *
 * @returns a function that releases it
 * @throws {BasePathLocked} when another Wingman has it
 */
export function lockBasePath(basePath: string): () => void {
  const release = tryLock(join(basePath, 'lock.sqlite'));
  if (release === undefined) throw new BasePathLocked(basePath);
  return release;
}
