/**
 * Hashes over the sources of what is generated and committed, so that a test can tell when it is out of date.
 *
 * A crate's sources are its own files, those of the workspace's crates it depends on, and the exact versions of all
 * other crates that Cargo.lock makes it depend on. What only tests or benchmarks compile is left out.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { parse } from 'smol-toml';

import { root } from '../lib/paths.ts';

/** The Cargo workspace of the chain. */
export const workspace = join(root, 'chain');

/** A package in Cargo.lock. A workspace's own crates have no source and no checksum there. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly checksum?: string;
  readonly dependencies?: readonly string[];
}

type Dependencies = Readonly<Record<string, unknown>>;

interface Manifest {
  readonly package?: { readonly name?: string };
  readonly workspace?: {
    readonly members?: readonly string[];
    readonly dependencies?: Dependencies;
    readonly [key: string]: unknown;
  };
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Dependencies;
  readonly 'build-dependencies'?: Dependencies;
}

/** What a manifest says for tests alone. */
const forTests = ['dev-dependencies', 'test', 'bench'];

/** Files of a crate that its library or executable is not built from. */
const beside = /(^|\/)(tests?|mock|mocks|benchmarking|benchmarks|examples)(\.rs$|\/)/;

/** The hash of what the host, `airo-node`, is built from. */
export function hostSources(folder = workspace): string {
  return crateSources(folder, 'airo-node', ['release', 'host']);
}

/** The hash of what the runtime, and so the genesis of the committed chain specifications, is built from. */
export function runtimeSources(folder = workspace): string {
  return crateSources(folder, 'airo-runtime', ['release']);
}

/**
 * The hash of what a pallet's weights were measured on: its own sources and those of `airo-primitives`, without the
 * weights themselves but with the benchmarks.
 */
export function weightSources(pallet: string, folder = workspace): string {
  const measured = (path: string) => !/(^|\/)(tests?|mock|mocks)(\.rs$|\/)/.test(path) && !path.endsWith('/weights.rs');
  const hash = createHash('sha256');
  for (const crate of [join('pallets', pallet), 'primitives']) addFiles(hash, folder, crate, measured);
  return hash.digest('hex');
}

/**
 * The packages that `name` is built from, itself included, in the order of their names.
 *
 * @param isUsed whether a package's dependency, by its name, is one to follow; by default each is. Cargo.lock does not
 *   tell the dependencies of a crate from those of its tests.
 * @throws when the lock has no such package, or refers to one it does not have
 */
export function closure(
  packages: readonly LockedPackage[],
  name: string,
  isUsed: (by: LockedPackage, dependency: string) => boolean = () => true,
): LockedPackage[] {
  const find = (reference: string) => {
    // A reference is "name", or "name version" where there are several, or "name version (source)".
    const [wanted, version] = reference.split(' ');
    const found = packages.filter((p) => p.name === wanted && (version === undefined || p.version === version));
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(`Cargo.lock has ${found.length === 0 ? 'no' : 'several'} packages "${reference}".`);
    }
    return only;
  };
  const reached = new Set<LockedPackage>();
  const waiting = [find(name)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    const by = next;
    waiting.push(...(by.dependencies ?? []).map(find).filter((dependency) => isUsed(by, dependency.name)));
  }
  return [...reached].sort((a, b) => compare(`${a.name} ${a.version}`, `${b.name} ${b.version}`));
}

function crateSources(folder: string, name: string, profiles: readonly string[]): string {
  const lock = parse(readFileSync(join(folder, 'Cargo.lock'), 'utf8')) as unknown as { package: LockedPackage[] };
  const { workspace: { members = [], dependencies = {}, ...settings } = {}, profile } = readManifest(
    join(folder, 'Cargo.toml'),
  );
  const own = new Map(members.map((member) => ownCrate(folder, member, dependencies)));
  const isUsed = (by: LockedPackage, dependency: string) => own.get(by.name)?.needs.has(dependency) ?? true;
  const hash = createHash('sha256');
  const inherited = new Set<string>();
  for (const { name: crate, version, checksum, source } of closure(lock.package, name, isUsed)) {
    const member = own.get(crate);
    if (member === undefined) {
      hash.update(`${crate} ${version} ${checksum ?? source ?? ''}\n`);
      continue;
    }
    addFiles(hash, folder, member.folder, (path) => !beside.test(path));
    for (const key of member.keys) inherited.add(key);
  }
  const used = [...inherited].sort(compare).map((key) => [key, dependencies[key] ?? null]);
  hash.update(JSON.stringify([settings, used, profiles.map((each) => profile?.[each] ?? null)]));
  return hash.digest('hex');
}

/** A crate of the workspace: where it is, and what it depends on beside its tests. */
interface OwnCrate {
  readonly folder: string;
  /** As its manifest calls them. */
  readonly keys: readonly string[];
  /** As their packages are called, which may be another name. */
  readonly needs: ReadonlySet<string>;
}

function ownCrate(folder: string, member: string, shared: Dependencies): [string, OwnCrate] {
  const manifest = readManifest(join(folder, member, 'Cargo.toml'));
  const name = manifest.package?.name;
  if (name === undefined) throw new Error(`${member}/Cargo.toml names no package.`);
  const dependencies = { ...manifest.dependencies, ...manifest['build-dependencies'] };
  const packageOf = ([key, value]: [string, unknown]) => renamed(value) ?? renamed(shared[key]) ?? key;
  const needs = new Set(Object.entries(dependencies).map(packageOf));
  return [name, { folder: member, keys: Object.keys(dependencies), needs }];
}

function renamed(dependency: unknown): string | undefined {
  if (typeof dependency !== 'object' || dependency === null || !('package' in dependency)) return undefined;
  return String(dependency.package);
}

function readManifest(file: string): Manifest {
  return parse(readFileSync(file, 'utf8'));
}

/** Adds the Rust files and the manifest of a crate, each with its path, so that moving a file changes the hash. */
function addFiles(
  hash: ReturnType<typeof createHash>,
  folder: string,
  crate: string,
  wanted: (path: string) => boolean,
) {
  const files = readdirSync(join(folder, crate), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (entry.name.endsWith('.rs') || entry.name === 'Cargo.toml'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => wanted(path.slice(crate.length)))
    .sort(compare);
  for (const path of files) {
    const content = readFileSync(join(folder, path));
    hash.update(`${path} `);
    hash.update(path.endsWith('.rs') ? content : withoutTests(content.toString()));
    hash.update('\n');
  }
}

function withoutTests(manifest: string): string {
  return JSON.stringify(Object.entries(parse(manifest)).filter(([key]) => !forTests.includes(key)));
}

/** By code units, so that the order is the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
