/** The programs of the system that a script needs: found, installed where that is possible, or named. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

import { run } from './process.ts';

/** Something that a Debian package provides. */
export interface Requirement {
  /** What it is called in a message: the program's name. */
  readonly name: string;
  /** The Debian package that has it. */
  readonly package: string;
  readonly isThere: () => boolean;
}

/** The requirement of a program on the PATH. */
export function program(name: string, debianPackage: string): Requirement {
  return { name, package: debianPackage, isThere: () => findProgram(name) !== undefined };
}

/** The full path of a program, looked for as a shell does, or `undefined`. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  const candidates = isAbsolute(name) ? [name] : path.split(delimiter).map((folder) => join(folder, name));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether this process may install packages: as root, on Debian or a system made from it. */
function canInstall(): boolean {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0 && findProgram('apt-get') !== undefined;
}

/**
 * Makes sure that everything is there, by installing what is missing where this user may.
 *
 * @param say receives what is being done
 * @throws when something is missing in the end, with the command that installs it
 */
export async function requireAll(requirements: readonly Requirement[], say: (line: string) => void): Promise<void> {
  const missing = () => requirements.filter((requirement) => !requirement.isThere());
  if (missing().length === 0) return;
  if (canInstall()) {
    const packages = [...new Set(missing().map((requirement) => requirement.package))];
    say(`Installing ${packages.join(', ')} ...`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    const { code, output } = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      env,
    });
    if (code !== 0) throw new Error(`apt-get could not install ${packages.join(', ')}:\n${output}`);
  }
  const left = missing();
  if (left.length === 0) return;
  const packages = [...new Set(left.map((requirement) => requirement.package))];
  throw new Error(
    `Missing: ${left.map((requirement) => requirement.name).join(', ')}. ` +
      `On Debian or Ubuntu: sudo apt-get install -y ${packages.join(' ')}`,
  );
}
