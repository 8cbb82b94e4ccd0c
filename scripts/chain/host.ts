/**
 * The prebuilt host: the node's executable for Linux on x86-64, committed in compressed form so that a chain starts
 * without a compiler. It is unpacked once into the cache and used only when its hash is the committed one.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

import { cacheFolder, cargoTargetFolder, root } from '../lib/paths.ts';

/** What chain/prebuilt/manifest.json tells about the executable beside it. */
export interface HostManifest {
  /** The compressed file's name. */
  readonly file: string;
  /** Of the executable, unpacked. */
  readonly sha256: string;
  /** Of the executable, unpacked, in bytes. */
  readonly size: number;
  /** The hash of the sources it was built from; see sources.ts. */
  readonly sources: string;
}

const prebuiltFolder = join(root, 'chain', 'prebuilt');
const manifestName = 'manifest.json';

/** The executable that `cargo build --profile host` makes. */
export function builtHost(): string {
  return join(cargoTargetFolder(), 'host', 'airo-node');
}

/** @throws when there is no manifest in the folder */
export async function readManifest(folder = prebuiltFolder): Promise<HostManifest> {
  const file = join(folder, manifestName);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as HostManifest;
  } catch (error) {
    throw new Error(`There is no usable ${file}. Make it with: npm run chain:build -- --host`, { cause: error });
  }
}

/** The parts of the running platform that decide whether the prebuilt host can run here. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

const thisPlatform: Platform = { os: process.platform, arch: process.arch };

/**
 * The path of a host that can be run: the prebuilt one where it fits, else the one that `npm run chain:build` left.
 *
 * @throws when neither is there, saying what to do
 */
export async function hostExecutable(platform: Platform = thisPlatform): Promise<string> {
  if (platform.os === 'linux' && platform.arch === 'x64') return unpackHost();
  const built = builtHost();
  if (await readable(built)) return built;
  throw new Error(
    `The prebuilt node is for Linux on x86-64; this is ${platform.os} on ${platform.arch}. ` +
      'Build it from source first: npm run chain:build -- --host',
  );
}

/**
 * Unpacks the prebuilt host into the cache unless it is there, and returns its path. The file's name has its hash in
 * it, and it appears there only complete and verified, so several processes may do this at once.
 *
 * @throws when the committed file is not what the manifest says
 */
export async function unpackHost(folder = prebuiltFolder, cache = cacheFolder()): Promise<string> {
  const manifest = await readManifest(folder);
  const target = join(cache, 'host', `airo-node-${manifest.sha256.slice(0, 16)}`);
  const present = await readable(target);
  if (present && sha256(present) === manifest.sha256) return target;

  const packed = join(folder, manifest.file);
  const executable = await promisify(zstdDecompress)(await readFile(packed));
  if (executable.length !== manifest.size || sha256(executable) !== manifest.sha256) {
    throw new Error(`${packed} is damaged: it does not hold what its manifest says. Restore both from git.`);
  }
  await mkdir(dirname(target), { recursive: true });
  const unfinished = `${target}.${randomUUID()}`;
  try {
    await writeFile(unfinished, executable);
    await chmod(unfinished, 0o755);
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
  return target;
}

/**
 * Compresses an executable into the folder of prebuilt ones and writes the manifest.
 *
 * @param sources the hash of the sources the executable was built from
 */
export async function packHost(executable: string, sources: string, folder = prebuiltFolder): Promise<HostManifest> {
  const content = await readFile(executable);
  const packed = await promisify(zstdCompress)(content, {
    params: {
      [constants.ZSTD_c_compressionLevel]: 22,
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
  const manifest = {
    file: 'airo-node-linux-x64.zst',
    sha256: sha256(content),
    size: content.length,
    sources,
  } satisfies HostManifest;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, manifest.file), packed);
  await writeFile(join(folder, manifestName), JSON.stringify(manifest, null, 2) + '\n');
  return manifest;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function readable(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
