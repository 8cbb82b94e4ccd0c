/** What builds images and runs containers here: Docker where it answers, else podman without a registry. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { preparePodman } from '../../test/support/inference-containers.ts';
import { program, requireAll } from '../lib/packages.ts';
import { cacheFolder } from '../lib/paths.ts';
import { run } from '../lib/process.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { composeFile, hostFile } from './compose.ts';
import { podmanCompose } from './podman-compose.ts';

type Say = (line: string) => void;

export interface Engine {
  readonly name: 'docker' | 'podman';
  /** Runs a command of the engine to its end and gives what it wrote. @throws when it fails, with that */
  run(...args: readonly string[]): Promise<string>;
  /** The same for a command of compose, for this project. */
  compose(...args: readonly string[]): Promise<string>;
  /** What `build` needs beside what every engine understands. */
  readonly buildArguments: readonly string[];
  /** Whether the environment needs a network of its own around it, because containers share the one they find. */
  readonly sharesNetwork: boolean;
}

/** The environment of the test is one of its own. */
export const project = 'airo-test';

/** Variables of the compose files. */
export interface ComposeVariables {
  readonly PROMETHEUS_IMAGE?: string;
  readonly AIRO_LISTEN?: string;
}

/** @throws when neither can be had, with what to install */
export async function findEngine(variables: ComposeVariables, say: Say): Promise<Engine> {
  const docker = await run('docker', ['info']).catch(() => undefined);
  return docker?.code === 0 ? dockerEngine(variables) : podmanEngine(variables, say);
}

function dockerEngine(variables: ComposeVariables): Engine {
  return {
    name: 'docker',
    run: (...args) => succeed('docker', args),
    compose: (...args) =>
      succeed('docker', ['compose', '--project-name', project, '--file', composeFile, ...args], { ...variables }),
    buildArguments: [],
    sharesNetwork: false,
  };
}

async function podmanEngine(variables: ComposeVariables, say: Say): Promise<Engine> {
  await requireAll([program('unshare', 'util-linux'), program('ip', 'iproute2')], say);
  const podman = await preparePodman(say);
  const [python, ...podmanComposeArguments] = await podmanCompose(say);
  // podman-compose runs a podman of its own, which must be this one.
  const folder = await mkdtemp(join(tmpdir(), 'airo-podman-'));
  onShutdown(() => rm(folder, { recursive: true, force: true }));
  const wrapper = join(folder, 'podman');
  await writeFile(wrapper, `#!/bin/sh\nexec ${[podman.command, ...podman.globalArgs].join(' ')} "$@"\n`);
  await chmod(wrapper, 0o755);
  const settings = [
    ...[...podmanComposeArguments, '--podman-path', wrapper, '--in-pod', 'false', '--profile', 'tools'],
    ...['--project-name', project, '--file', composeFile, '--file', hostFile],
  ];
  const env = { ...podman.commandEnv, AIRO_LISTEN: '127.0.0.1', ...variables };
  return {
    name: 'podman',
    run: (...args) => podman.run(...args),
    compose: (...args) => succeed(python, [...settings, ...args], env),
    buildArguments: ['--isolation', 'chroot', '--network', 'host', '--format', 'docker', '--layers'],
    sharesNetwork: true,
  };
}

/** Makes Debian's base image where it cannot be pulled: the same system, from its packages. */
export async function makeDebian(engine: Engine, say: Say): Promise<void> {
  if (engine.name === 'docker') return;
  const image = 'docker.io/library/debian:bookworm-slim';
  const known = await engine.run('images', '--quiet', image);
  if (known.trim() !== '') return;
  const folder = join(cacheFolder(), 'containers');
  const file = join(folder, 'debian-bookworm.tar');
  if (!existsSync(file)) {
    say('Making the base image of Debian, once for all ...');
    const system = await mkdtemp(join(tmpdir(), 'airo-debian-'));
    const unregister = onShutdown(() => rm(system, { recursive: true, force: true }));
    try {
      await succeed('debootstrap', ['--variant=minbase', 'bookworm', system]);
      for (const waste of [
        'var/cache/apt',
        'var/lib/apt/lists',
        'usr/share/doc',
        'usr/share/locale',
        'usr/share/man',
      ]) {
        await rm(join(system, waste), { recursive: true, force: true });
      }
      await mkdir(folder, { recursive: true });
      await succeed('tar', ['--create', '--file', `${file}.part`, '--directory', system, '.']);
      await rename(`${file}.part`, file);
    } finally {
      unregister();
      await rm(system, { recursive: true, force: true });
    }
  }
  await engine.run('import', file, image);
}

/** Runs a program to its end and gives what it wrote. @throws when it fails, with that */
export async function succeed(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, output } = await run(command, args, { env });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${code}:\n${output}`);
  return output;
}
