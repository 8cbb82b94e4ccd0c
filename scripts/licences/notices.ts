/**
 * THIRD-PARTY-NOTICES.txt.gz: the texts that the licences of Rust crates want to be passed on with what is compiled of them,
 * which is the executable in chain/prebuilt and the runtime in chain/specs. npm packages are passed on with their texts, and the
 * site with a document of its own (scripts/app/notices.ts).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import { documentOf, textsIn, type Noticed } from '../app/notices.ts';
import type { Dependency } from './dependency.ts';

export const noticesName = 'THIRD-PARTY-NOTICES.txt.gz';

const crateMark = 'Crate: ';

/**
 * The texts of these crates, each once, with those that it belongs to.
 *
 * @param folderOf where a crate's source lies, by `name version`
 */
export async function noticesOf(crates: readonly Dependency[], folderOf: ReadonlyMap<string, string>): Promise<string> {
  const noticed = await Promise.all(
    crates.map(async ({ name, version, licence }): Promise<Noticed> => {
      const id = `${name} ${version}`;
      const folder = folderOf.get(id);
      const texts = folder === undefined ? [] : await textsIn(folder);
      const none = `The package has no text of its own; its licence is ${licence}.`;
      return { id, texts: texts.length > 0 ? texts : [none] };
    }),
  );
  const about =
    'Texts of the licences of the Rust crates that the Airo node and the Airo runtime may contain in compiled form.\n' +
    'THIRD-PARTY-LICENCES.md lists the licences themselves. Airo is under the Apache License 2.0; see LICENSE and NOTICE.\n';
  return documentOf(about, crateMark, noticed);
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
