/** The Rust crates of chain/Cargo.lock, with their licences as Cargo has downloaded them. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'smol-toml';

import type { Dependency } from './dependency.ts';

interface LockedCrate {
  readonly name: string;
  readonly version: string;
  /** Missing for a crate of this repository. */
  readonly source?: string;
  /** `name`, or `name version` where there are several. */
  readonly dependencies?: readonly string[];
}

export interface Crate {
  readonly name: string;
  readonly version: string;
  readonly use: Dependency['use'];
}

/** What is passed on in compiled form. Cargo.lock names what they may depend on, on any platform and with any feature. */
const passedOn = ['airo-node', 'airo-runtime'];

/** The crates of a Cargo.lock that come from elsewhere. @param lock its text */
export function cratesIn(lock: string, roots: readonly string[] = passedOn): readonly Crate[] {
  const { package: crates } = parse(lock) as unknown as { package: readonly LockedCrate[] };
  const reached = new Set<LockedCrate>();
  const waiting = crates.filter(({ name, source }) => source === undefined && roots.includes(name));
  for (let crate = waiting.pop(); crate !== undefined; crate = waiting.pop()) {
    if (reached.has(crate)) continue;
    reached.add(crate);
    for (const dependency of crate.dependencies ?? []) {
      const [name, version] = dependency.split(' ');
      waiting.push(...crates.filter((one) => one.name === name && (version === undefined || one.version === version)));
    }
  }
  return crates
    .filter(({ source }) => source !== undefined)
    .map((crate) => ({
      name: crate.name,
      version: crate.version,
      use: reached.has(crate) ? ('running' as const) : ('development' as const),
    }));
}

/** Where Cargo unpacks what it has downloaded, one folder for each registry. */
function registries(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src');
}

/** Where the source of each crate lies that is on this machine, by `name version`. */
export async function cratesOnDisk(
  crates: readonly Crate[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ReadonlyMap<string, string>> {
  const folders = await readdir(registries(env)).catch(() => []);
  const found = new Map<string, string>();
  for (const { name, version } of crates) {
    for (const folder of folders) {
      const source = join(registries(env), folder, `${name}-${version}`);
      if (existsSync(join(source, 'Cargo.toml'))) found.set(`${name} ${version}`, source);
    }
  }
  return found;
}

/** The licences of crates, by the same keys. @param folders where their sources are */
export async function licencesIn(folders: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [id, folder] of folders) found.set(id, licenceIn(await readFile(join(folder, 'Cargo.toml'), 'utf8')));
  return found;
}

/** The licence that a crate's manifest names; `file:NAME` when that is a file, and `none` when there is nothing. */
export function licenceIn(manifest: string): string {
  // A manifest may be long, and only its first table is of interest.
  const table = /^\[package\]\n(?:(?!\[).*\n?)*/m.exec(manifest.replaceAll('\r\n', '\n'))?.[0] ?? '';
  const { package: about } = parse(table) as { package?: Readonly<Record<string, unknown>> };
  const { license, 'license-file': file } = about ?? {};
  if (typeof license === 'string') return license;
  return typeof file === 'string' ? `file:${file}` : 'none';
}
