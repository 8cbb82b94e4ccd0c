/** The packages that the Cockpit's pages are built from, and their licences. It runs while the site is built. */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { filesIn } from './files.ts';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as the package gives it. */
  readonly licence: string;
  /** Where it is installed, from the root of the checkout. */
  readonly folder: string;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  readonly peer?: boolean;
}

/** The packages of package-lock.json, by the folder in which each is installed; the project's is empty. */
export type Lock = Readonly<Record<string, Locked>>;

/** Where pages and workers begin. */
const entries = ['app', 'components', 'workers'];

/** What these depend on builds pages and is in none. */
const buildOnly = new Set(['next']);

/**
 * Every package that a page may contain code of, in the order of their names. Some of it may have been left out.
 *
 * @param checkout the root of the checkout
 */
export async function bundledPackages(checkout: string): Promise<readonly BundledPackage[]> {
  return packagesBehind(await readLock(checkout), await importedPackages(checkout));
}

/** Reads package-lock.json. */
export async function readLock(checkout: string): Promise<Lock> {
  return (JSON.parse(await readFile(join(checkout, 'package-lock.json'), 'utf8')) as { packages: Lock }).packages;
}

/** The names of the packages that pages and workers import, by whatever way. */
async function importedPackages(checkout: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const waiting: string[] = [];
  for (const folder of entries) {
    const files = await filesIn(join(checkout, folder)).catch(() => []);
    waiting.push(...files.filter((file) => /(?<!\.test|\.d)\.tsx?$/.test(file)).map((file) => `${folder}/${file}`));
  }
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const specifier of specifiersIn(await readFile(join(checkout, file), 'utf8'))) {
      const name = packageOf(specifier);
      if (name !== undefined) names.add(name);
      else if (/^\.{1,2}\/.*\.tsx?$/.test(specifier)) {
        const target = relative(checkout, join(checkout, dirname(file), specifier));
        // What runs while the site is built, such as this file, is in no page.
        if (!target.startsWith('scripts/')) waiting.push(target);
      }
    }
  }
  return names;
}

/** What a source file loads: imports, dynamic imports, workers and files of packages; not what is only a type. */
export function specifiersIn(source: string): readonly string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?!type\b)[^'";]*?from\s*'([^']+)'|(?:^|\n)import\s+'([^']+)'|\bimport\('([^']+)'\)|new URL\('([^']+)'|'([^']*node_modules\/[^']+)'/g;
  return [...source.matchAll(pattern)].map((match) => match.slice(1).join(''));
}

/** Those packages and everything that they depend on; what is installed in several places comes once. */
export function packagesBehind(lock: Lock, names: ReadonlySet<string>): readonly BundledPackage[] {
  const reached = new Set<string>();
  const waiting = [...names].map((name) => find(lock, '', name));
  while (waiting.length > 0) {
    const path = waiting.pop();
    if (path === undefined || reached.has(path)) continue;
    reached.add(path);
    if (buildOnly.has(nameOf(path))) continue;
    for (const name of Object.keys(lock[path]?.dependencies ?? {})) waiting.push(find(lock, path, name));
  }
  const found = new Map<string, BundledPackage>();
  for (const folder of reached) {
    const { version = '', license: licence = 'see the package' } = lock[folder] ?? {};
    const name = nameOf(folder);
    found.set(`${name} ${version}`, { name, version, licence, folder });
  }
  return [...found.values()].sort((a, b) =>
    a.name === b.name ? a.version.localeCompare(b.version, 'en') : a.name < b.name ? -1 : 1,
  );
}

/** Where a package that another one asks for lies, as Node finds it; `undefined` when it is not installed. */
function find(lock: Lock, from: string, name: string): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (path in lock) return path;
    if (base === '') return undefined;
  }
}

/** The name of the package that is installed in a folder. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** The package that an import is from; `undefined` for own files and for what Node has. */
function packageOf(specifier: string): string | undefined {
  const inFolder = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(specifier);
  if (inFolder !== null) return inFolder[1];
  if (/^[./]|^node:|^https?:/.test(specifier)) return undefined;
  return /^((?:@[^/]+\/)?[^/]+)/.exec(specifier)?.[1];
}
