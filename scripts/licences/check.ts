/** Whether every dependency may be used, and the document about them is current. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readLock } from '../app/licences.ts';
import type { Dependency } from './dependency.ts';
import { describe, recordedCrates } from './document.ts';
import { differingManifests, npmDependencies } from './npm.ts';
import { exceptions, judge } from './policy.ts';
import { cratesOfNotices, noticesName, readNotices } from './notices.ts';
import { cratesIn, cratesOnDisk, licencesIn } from './rust.ts';

export const documentName = 'THIRD-PARTY-LICENCES.md';

const howToMake = 'Make it: npm run licences -- --write';

export interface Checked {
  /** What is wrong, each a sentence that says what to do. */
  readonly findings: readonly string[];
  /** The document as it should be. */
  readonly document: string;
  /** The crates that may be part of what is passed on in compiled form. */
  readonly passedOn: readonly Dependency[];
  /** Where the sources of crates are on this machine, by `name version`. */
  readonly folders: ReadonlyMap<string, string>;
  /** Crates whose source is not on this machine: their licence is the one that the document has. */
  readonly notCompared: readonly string[];
}

/**
 * Checks the dependencies of a checkout. It asks nobody: licences of crates are read where Cargo has put their sources, and
 * are otherwise as the committed document says.
 *
 * @param env where Cargo's folder is looked for
 */
export async function checkLicences(
  checkout: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Checked> {
  const committed = await readFile(join(checkout, documentName), 'utf8').catch(() => '');
  const recorded = recordedCrates(committed);
  const crates = cratesIn(await readFile(join(checkout, 'chain', 'Cargo.lock'), 'utf8'));
  const folders = await cratesOnDisk(crates, env);
  const onDisk = await licencesIn(folders);
  const notCompared: string[] = [];
  const unknown: string[] = [];
  const dependencies: Dependency[] = [...(await npmDependencies(checkout))];
  for (const crate of crates) {
    const id = `${crate.name} ${crate.version}`;
    const licence = onDisk.get(id) ?? recorded.get(id);
    if (!onDisk.has(id)) notCompared.push(id);
    if (licence === undefined) unknown.push(id);
    else dependencies.push({ ecosystem: 'Rust', ...crate, licence });
  }
  const document = describe(dependencies);
  const findings = [...unknown.map(sayUnknown), ...(await differingManifests(checkout, await readLock(checkout)))];
  findings.push(...refused(dependencies), ...unusedExceptions(dependencies));
  if (document !== committed) findings.push(`${documentName} is not current. ${howToMake}`);
  const passedOn = dependencies.filter(({ ecosystem, use }) => ecosystem === 'Rust' && use === 'running');
  const noticed = cratesOfNotices(await readNotices(checkout));
  if (noticed.size !== passedOn.length || passedOn.some(({ name, version }) => !noticed.has(`${name} ${version}`))) {
    findings.push(`${noticesName} has not the texts of exactly the crates that are passed on. ${howToMake}`);
  }
  return { findings, document, passedOn, folders, notCompared };
}

function sayUnknown(crate: string): string {
  return (
    `The licence of the crate ${crate} is not known: Cargo has not downloaded it. ` +
    'With Rust installed: cargo fetch --locked --manifest-path chain/Cargo.toml, then make the document again.'
  );
}

/** What may not be used, each a sentence. */
export function refused(dependencies: readonly Dependency[]): readonly string[] {
  return dependencies.flatMap((dependency) => {
    const verdict = judge(dependency);
    if (verdict.allowed) return [];
    const { ecosystem, name, version, licence } = dependency;
    return [
      `${ecosystem} ${name} ${version} has the licence ${licence}. ${verdict.why} ` +
        'Use something else, or add an exception with its reason to scripts/licences/policy.ts.',
    ];
  });
}

function unusedExceptions(dependencies: readonly Dependency[]): readonly string[] {
  const used = new Set(dependencies.map(judge).map((verdict) => (verdict.allowed ? verdict.exception : undefined)));
  return exceptions
    .filter((exception) => !used.has(exception))
    .map(
      ({ packages, licence }) => `No package needs the exception for ${packages.join(', ')} (${licence}). Remove it.`,
    );
}
