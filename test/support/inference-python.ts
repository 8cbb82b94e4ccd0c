/** NVIDIA's `tritonclient` for Python, installed once for all test runs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { program, requireAll } from '../../scripts/lib/packages.ts';
import { cacheFolder } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';

const packages = ['tritonclient[http]==2.73.0', 'numpy>=2,<3'];

/** A Python that has `tritonclient`, as the path of its executable; made on the first call on this machine. */
export async function tritonPython(say: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder(), 'tritonclient-2.73.0');
  const python = (environment: string) => join(environment, 'bin', 'python');
  if (existsSync(python(folder))) return python(folder);
  const hasVenv = () => spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0;
  const venv = { name: 'the venv module of python3', package: 'python3-venv', isThere: hasVenv };
  await requireAll([program('python3', 'python3'), venv], say);
  say(`Installing ${packages.join(' and ')} ...`);
  await mkdir(cacheFolder(), { recursive: true });
  // Another run may do the same at the same time, and this one may be interrupted: only a whole one gets the name.
  const making = await mkdtemp(`${folder}-`);
  try {
    const steps = [
      ['python3', '-m', 'venv', '--copies', making],
      [python(making), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages],
      [python(making), '-c', 'import tritonclient.http'],
    ] as const;
    for (const [command, ...args] of steps) {
      const { code, output } = await run(command, args);
      if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
    }
    await rename(making, folder).catch((error: unknown) => {
      if (!existsSync(python(folder))) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return python(folder);
}
