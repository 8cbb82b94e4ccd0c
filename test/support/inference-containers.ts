/**
 * Podman for tests: real images are built and run, without a registry of images. The base image is made of Debian's
 * packages and this project's Node, once for all test runs.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { findProgram, program, requireAll } from '../../scripts/lib/packages.ts';
import { cacheFolder, root } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';

export interface Podman {
  readonly command: string;
  readonly globalArgs: readonly string[];
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Runs a command of podman to its end and returns what it wrote; throws when it fails. */
  run(...args: readonly string[]): Promise<string>;
}

type Say = (line: string) => void;

/** The name under which the Dockerfiles ask for it. */
const BASE_IMAGE = 'docker.io/library/node:24-bookworm-slim';
const SERVER_IMAGE = 'localhost/airo-oip-server';
const folder = join(cacheFolder(), 'containers');

/** Why no containers can be tested here; `undefined` when they can. */
export function noContainers(): string | undefined {
  const isDebian = existsSync('/etc/debian_version');
  return isDebian && process.getuid?.() === 0
    ? undefined
    : 'Containers are tested as root on Debian, where podman and a base image can be set up without a registry.';
}

/** Podman with the base image; what is missing is installed and made. */
export async function preparePodman(say: Say): Promise<Podman> {
  const debian = ['podman', 'buildah', 'runc', 'debootstrap'].map((name) => program(name, name));
  await requireAll(debian, say);
  await mkdir(folder, { recursive: true });
  const conf = join(folder, 'containers.conf');
  // Without these, podman asks for more than a container that is itself confined may have.
  await writeFile(conf, '[containers]\ndefault_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]\n');
  const commandEnv = { CONTAINERS_CONF: conf };
  const globalArgs = await storeArguments(commandEnv);
  const podman: Podman = {
    command: 'podman',
    globalArgs,
    commandEnv,
    run: async (...args) => {
      const { code, output } = await run('podman', [...globalArgs, ...args], { env: commandEnv });
      if (code !== 0) throw new Error(`podman ${args.join(' ')} failed:\n${output}`);
      return output;
    },
  };
  const base = await makeBase(say);
  const label = `airo.base=${base.id}`;
  const known = await podman.run('images', '--quiet', '--filter', `label=${label}`);
  if (known.trim() === '') {
    say('Importing the base image ...');
    await podman.run('import', '--change', `LABEL ${label}`, base.file, BASE_IMAGE);
  }
  return podman;
}

/** An image with nothing in it, for containers that never run. */
export async function emptyImage(podman: Podman): Promise<string> {
  const image = 'localhost/airo-empty';
  const file = join(folder, 'empty.tar');
  // The end of an archive is two blocks of zeros.
  await writeFile(file, new Uint8Array(1024));
  await podman.run('import', file, image);
  return image;
}

/**
 * Arguments for a store of the tests' own; the user's images stay as they are. Overlays make a container in no time, and
 * cannot be had on a file system that is itself one; copying everything works anywhere.
 */
async function storeArguments(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const [overlay, copies] = ['overlay', 'vfs'].map((driver) => [
    ...['--root', join(folder, driver), '--runroot', `/run/airo-test-containers-${driver}`],
    ...['--storage-driver', driver, '--runtime', 'runc'],
  ]) as [string[], string[]];
  const { code } = await run('podman', [...overlay, 'info'], { env });
  return code === 0 ? overlay : copies;
}

/** The image of `docker/oip-server`, built from the Dockerfile if its files have changed since the last time. */
export async function serverImage(podman: Podman, say: Say): Promise<string> {
  const image = `${SERVER_IMAGE}:${await hashOf([join('docker', 'oip-server'), join('lib', 'inference')])}`;
  const images = await podman.run('images', '--format', '{{.Repository}}:{{.Tag}}', SERVER_IMAGE);
  const known = images.split('\n').filter(Boolean);
  if (known.includes(image)) return image;
  say('Building the image of the Open Inference Protocol server ...');
  const how = ['--isolation', 'chroot', '--network', 'host', '--format', 'docker', '--layers'];
  const file = join(root, 'docker', 'oip-server', 'Dockerfile');
  await podman.run('build', ...how, '--file', file, '--tag', image, root);
  // Layers that both have in common stay.
  for (const old of known) await podman.run('rmi', '--force', old);
  return image;
}

/** A hash of the files that make the image; tests are not in it. */
async function hashOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const name of folders) {
    const entries = await readdir(join(root, name), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'));
    for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
      hash.update(`${relative(root, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** An archive of Debian with Node and npm, as the official image of Node has them. */
async function makeBase(say: Say): Promise<{ readonly file: string; readonly id: string }> {
  const id = `node-${process.versions.node}-bookworm`;
  const file = join(folder, `${id}.tar`);
  if (existsSync(file)) return { file, id };
  const making = await mkdtemp(join(tmpdir(), 'airo-base-'));
  try {
    say('Making the base image from Debian’s packages, once for all; this takes a minute or two ...');
    const system = join(making, 'system');
    await succeed('debootstrap', ['--variant=minbase', 'bookworm', system]);
    const local = join(system, 'usr', 'local');
    await copyFile(process.execPath, join(local, 'bin', 'node'));
    const npm = join(local, 'lib', 'node_modules', 'npm');
    await mkdir(dirname(npm), { recursive: true });
    await cp(await npmFolder(), npm, { recursive: true });
    await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin', 'npm'));
    await trustAsHere(local);
    await succeed('chroot', [system, 'useradd', '--create-home', 'node']);
    for (const waste of [
      ['var', 'cache', 'apt'],
      ['var', 'lib', 'apt', 'lists'],
      ['usr', 'share', 'doc'],
      ['usr', 'share', 'locale'],
    ]) {
      await rm(join(system, ...waste), { recursive: true, force: true });
    }
    await succeed('tar', ['--create', '--file', `${file}.part`, '--directory', system, '.']);
    await rename(`${file}.part`, file);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return { file, id };
}

/** Where the packages of npm are read through a proxy with a certificate of its own, the image must know that as well. */
async function trustAsHere(local: string): Promise<void> {
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (!certificates) return;
  await mkdir(join(local, 'etc'), { recursive: true });
  await copyFile(certificates, join(local, 'etc', 'certificates.pem'));
  await appendFile(join(local, 'etc', 'npmrc'), 'cafile=/usr/local/etc/certificates.pem\n');
}

async function npmFolder(): Promise<string> {
  const npm = findProgram('npm');
  if (npm === undefined) throw new Error('There is no npm on the PATH.');
  const { output } = await run(npm, ['root', '--global', '--loglevel', 'error']);
  const found = join(output.split('\n').at(-1) ?? '', 'npm');
  if (!existsSync(found)) throw new Error(`There is no npm in ${found}.`);
  return found;
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(`${command} failed:\n${output.split('\n').slice(-20).join('\n')}`);
}
