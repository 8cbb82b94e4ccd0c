/**
 * Narrows package.json and package-lock.json in the working folder to what one image needs, so that `npm ci` installs
 * just that, in the versions of the project: `node packages.ts IMAGE`. What an image needs is in docker/packages.json.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package as npm's lock file describes it. */
export interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

/**
 * The manifest and the lock file of a project that depends on these packages only.
 *
 * @param names direct dependencies of the project
 * @throws when one of them is none
 */
export function narrow<M extends Manifest, L extends Lock>(
  manifest: M,
  lock: L,
  names: readonly string[],
): { readonly manifest: object; readonly lock: object } {
  const known = { ...manifest.devDependencies, ...manifest.dependencies };
  const dependencies: Record<string, string> = {};
  for (const name of names) {
    const version = known[name];
    if (version === undefined) throw new Error(`${name} is no dependency of the project: see docker/packages.json.`);
    dependencies[name] = version;
  }
  // "$react" means the version that the project itself asks for, which it may not do any more.
  const overrides = Object.fromEntries(
    Object.entries(manifest.overrides ?? {}).map(([name, version]) => [
      name,
      version.startsWith('$') ? (known[version.slice(1)] ?? version) : version,
    ]),
  );
  const kept = reachable(lock.packages, names);
  // What tests need in the project is needed by processes here, or it would not be reached from them.
  const packages = Object.entries(lock.packages)
    .filter(([path]) => kept.has(path))
    .map(([path, { dev, devOptional, ...entry }]) => [path, entry] as const);
  return {
    manifest: { ...manifest, dependencies, devDependencies: {}, overrides },
    lock: {
      ...lock,
      packages: {
        '': { ...lock.packages[''], dependencies, devDependencies: {} },
        ...Object.fromEntries(packages),
      },
    },
  };
}

/** The paths in the lock file of everything that these packages need, as Node would find it. */
function reachable(packages: Lock['packages'], names: readonly string[]): ReadonlySet<string> {
  const kept = new Set<string>();
  const waiting = names.map((name) => ({ name, from: '' }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = resolve(packages, next.from, next.name);
    if (path === undefined || kept.has(path)) continue;
    kept.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
    // npm compares the lock file with all of them, also those that .npmrc leaves out.
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      waiting.push({ name, from: path });
    }
  }
  return kept;
}

/** Where a package finds another one: beside its own packages, then in the folders above. */
function resolve(packages: Lock['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ;) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === '') return undefined;
    const cut = folder.lastIndexOf('/node_modules/');
    folder = cut < 0 ? '' : folder.slice(0, cut);
  }
}

/** The direct dependencies of each image. */
export async function imagePackages(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  return JSON.parse(await readFile(join(folder, 'docker', 'packages.json'), 'utf8')) as Record<string, string[]>;
}

if (import.meta.main) {
  const [image = ''] = process.argv.slice(2);
  const names = (await imagePackages('.'))[image];
  if (names === undefined) throw new Error(`docker/packages.json does not say what "${image}" needs.`);
  const read = async <T>(file: string) => JSON.parse(await readFile(file, 'utf8')) as T;
  const { manifest, lock } = narrow(await read<Manifest>('package.json'), await read<Lock>('package-lock.json'), names);
  await writeFile('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
}
