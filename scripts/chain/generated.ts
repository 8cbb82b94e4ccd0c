/** What is generated and committed in chain/, and whether it still belongs to its sources. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readManifest } from './host.ts';
import {
  defaultP2pPort,
  readSpec,
  specFile,
  specRecipes,
  specsFolder,
  tokenProperties,
  type SpecId,
} from './specs.ts';
import { hostSources, runtimeSources, weightSources, workspace } from './sources.ts';

/** Our pallets, each with a folder under chain/pallets. */
export const pallets = ['marketplace', 'execution'] as const;
export type Pallet = (typeof pallets)[number];

/** What chain/specs/sources.json records about the generated files beside it. */
export interface GeneratedRecord {
  /** The hash of the runtime's sources that the specifications were made from. */
  readonly runtime: string;
  /** The SHA-256 of each specification. */
  readonly specs: Readonly<Record<SpecId, string>>;
  /** For each pallet the hash of the sources its weights were measured on; a pallet without weights is not here. */
  readonly weights: Readonly<Partial<Record<Pallet, string>>>;
}

const recordFile = join(specsFolder, 'sources.json');

/** @throws when the file is missing */
function readRecord(): GeneratedRecord {
  return JSON.parse(readFileSync(recordFile, 'utf8')) as GeneratedRecord;
}

/** Merges what was made into the record beside the specifications. */
export async function writeRecord(changes: Partial<GeneratedRecord>): Promise<void> {
  let before: Partial<GeneratedRecord> = {};
  try {
    before = readRecord();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const record = { weights: {}, ...before, ...changes };
  await writeFile(recordFile, JSON.stringify(record, null, 2) + '\n');
}

/** The weights of a pallet, as its crate compiles them. */
export function weightsFile(pallet: Pallet): string {
  return join(workspace, 'pallets', pallet, 'src', 'weights.rs');
}

export function fileHash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** The findings about generated files, each a sentence that says what to do; none when everything is current. */
export async function outdated(): Promise<string[]> {
  const findings: string[] = [];
  const manifest = await readManifest();
  if (manifest.sources !== hostSources()) {
    findings.push('chain/prebuilt is older than the sources of airo-node. Refresh it: npm run chain:build -- --host');
  }
  if (!existsSync(recordFile))
    return [...findings, `${recordFile} is missing. Make it: npm run chain:build -- --specs`];
  const record = readRecord();
  if (record.runtime !== runtimeSources()) {
    findings.push('chain/specs is older than the sources of airo-runtime. Refresh it: npm run chain:build -- --specs');
  }
  for (const id of Object.keys(specRecipes) as SpecId[]) findings.push(...specFindings(id, record.specs[id]));
  for (const pallet of pallets) {
    const measured = record.weights[pallet];
    if (!existsSync(weightsFile(pallet)) && measured === undefined) continue;
    if (measured === weightSources(pallet)) continue;
    findings.push(
      `The weights of pallet-${pallet} were measured on other sources. Measure them: npm run chain:build -- --weights`,
    );
  }
  return findings;
}

/** A specification is its recipe's and nobody has edited it by hand. */
function specFindings(id: SpecId, recorded: string): string[] {
  const file = specFile(id);
  if (!existsSync(file)) return [`${file} is missing. Make it: npm run chain:build -- --specs`];
  if (fileHash(file) !== recorded) return [`${file} was changed by hand. Restore it: npm run chain:build -- --specs`];
  const spec = readSpec(file);
  const { name, type } = specRecipes[id];
  const asDefined =
    spec.id === id &&
    spec.name === name &&
    spec.chainType.toLowerCase() === type &&
    Object.entries(tokenProperties).every(([key, value]) => spec.properties[key] === value) &&
    spec.bootNodes.some((address) => address.includes(`/tcp/${defaultP2pPort}/ws/`)) &&
    spec.bootNodes.some((address) => address.includes(`/udp/${defaultP2pPort}/webrtc-direct/`));
  return asDefined
    ? []
    : [`${file} is not as scripts/chain/specs.ts defines it. Refresh it: npm run chain:build -- --specs`];
}
