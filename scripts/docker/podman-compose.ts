/** podman-compose, installed once for all runs: Debian's own is older than `depends_on` with conditions. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { program, requireAll } from '../lib/packages.ts';
import { cacheFolder } from '../lib/paths.ts';
import { run } from '../lib/process.ts';

const version = '1.6.0';

/** The Python that has it, with the arguments that run it. */
export async function podmanCompose(say: (line: string) => void): Promise<readonly [string, ...string[]]> {
  const folder = join(cacheFolder(), `podman-compose-${version}`);
  const python = (environment: string) => join(environment, 'bin', 'python');
  const command = [python(folder), '-m', 'podman_compose'] as const;
  if (existsSync(python(folder))) return command;
  const hasVenv = () => spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0;
  const venv = { name: 'the venv module of python3', package: 'python3-venv', isThere: hasVenv };
  await requireAll([program('python3', 'python3'), venv], say);
  say(`Installing podman-compose ${version} ...`);
  await mkdir(cacheFolder(), { recursive: true });
  // An interrupted run must not leave half of it under the name.
  const making = await mkdtemp(`${folder}-`);
  try {
    for (const [step, ...args] of [
      ['python3', '-m', 'venv', '--copies', making],
      [python(making), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `podman-compose==${version}`],
    ] as const) {
      const { code, output } = await run(step, args);
      if (code !== 0) throw new Error(`${step} ${args.join(' ')} failed:\n${output}`);
    }
    await rename(making, folder).catch((error: unknown) => {
      if (!existsSync(python(folder))) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return command;
}
