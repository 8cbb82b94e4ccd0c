/** The npm packages of package-lock.json, with their licences. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bundledPackages, nameOf, readLock, type Lock } from '../app/licences.ts';
import type { Dependency } from './dependency.ts';

/** All that is installed, on whatever platform; what is only somebody's peer is not (see .npmrc). */
export async function npmDependencies(checkout: string): Promise<readonly Dependency[]> {
  const inPages = new Set((await bundledPackages(checkout)).map(({ name, version }) => `${name} ${version}`));
  const found = new Map<string, Dependency>();
  for (const [path, entry] of await installed(checkout)) {
    if (path === '' || entry.peer === true) continue;
    const name = nameOf(path);
    const { version = '', license: licence = 'none', dev = false } = entry;
    const id = `${name} ${version}`;
    const use = inPages.has(id) ? 'pages' : dev ? 'development' : 'running';
    // The same may lie in several places; what runs counts.
    if (found.get(id) === undefined || use === 'running')
      found.set(id, { ecosystem: 'npm', name, version, licence, use });
  }
  return [...found.values()];
}

/** The model server's image has packages of its own. */
async function installed(checkout: string) {
  const locks = await Promise.all(['.', 'docker/oip-server'].map((folder) => readLock(join(checkout, folder))));
  return locks.flatMap((lock) => Object.entries(lock));
}

/**
 * Where the licence that an installed package names itself differs from the one in package-lock.json, each a sentence.
 */
export async function differingManifests(checkout: string, lock: Lock): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const [path, { license }] of Object.entries(lock)) {
    if (path === '') continue;
    const manifest = await readFile(join(checkout, path, 'package.json'), 'utf8').catch(() => null);
    if (manifest === null) continue;
    const { license: own } = JSON.parse(manifest) as { license?: unknown };
    if (typeof own === 'string' && own !== license) {
      findings.push(`${path} says itself that its licence is ${own}; package-lock.json says ${license ?? 'nothing'}.`);
    }
  }
  return findings;
}
