/**
 * THIRD-PARTY-NOTICES.txt.gz: the texts that the licences of Rust crates want to be passed on with what is compiled of them,
 * which is the executable in chain/prebuilt and the runtime in chain/specs. npm packages are passed on with their texts.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import type { Dependency } from './dependency.ts';

export const noticesName = 'THIRD-PARTY-NOTICES.txt.gz';

const isNotice = (file: string) => /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(file);
const rule = '='.repeat(100);
const crateMark = 'Crate: ';

/**
 * The texts of these crates, each once, with those that it belongs to.
 *
 * @param folderOf where a crate's source lies, by `name version`
 */
export async function noticesOf(crates: readonly Dependency[], folderOf: ReadonlyMap<string, string>): Promise<string> {
  const owners = new Map<string, string[]>();
  for (const { name, version, licence } of crates) {
    const id = `${name} ${version}`;
    const folder = folderOf.get(id);
    const files =
      folder === undefined ? [] : (await readdir(folder, { withFileTypes: true })).filter((e) => e.isFile());
    const notices = files.filter((file) => isNotice(file.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const texts = await Promise.all(notices.map((file) => readFile(join(folder ?? '', file.name), 'utf8')));
    if (texts.length === 0) texts.push(`The package has no text of its own; its licence is ${licence}.`);
    for (const text of new Set(texts.map(normalized))) owners.set(text, [...(owners.get(text) ?? []), id]);
  }
  const parts = [...owners].map(([text, ids]) => `${ids.map((id) => `${crateMark}${id}`).join('\n')}\n\n${text}\n`);
  const about =
    'Texts of the licences of the Rust crates that the Airo node and the Airo runtime may contain in compiled form.\n' +
    'THIRD-PARTY-LICENCES.md lists the licences themselves. Airo is under the Apache License 2.0; see LICENSE and NOTICE.\n';
  return [about, ...parts.sort()].join(`\n${rule}\n\n`);
}

/** The crates whose texts a file of notices has, as `name version`. */
export function cratesOfNotices(notices: string): ReadonlySet<string> {
  const lines = notices.split('\n').filter((line) => line.startsWith(crateMark));
  return new Set(lines.map((line) => line.slice(crateMark.length)));
}

export async function packNotices(notices: string): Promise<Uint8Array> {
  return promisify(gzip)(notices, { level: 9 });
}

/** The committed notices, or nothing when there are none. */
export async function readNotices(checkout: string): Promise<string> {
  const packed = await readFile(join(checkout, noticesName)).catch(() => null);
  return packed === null ? '' : (await promisify(gunzip)(packed)).toString('utf8');
}

/** The same text in one form, however its lines end. */
function normalized(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}
