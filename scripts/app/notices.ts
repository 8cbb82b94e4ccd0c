/** The texts that the licences of packages want to be passed on. For the site they are read while it is built. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { textOf } from './licence-texts.ts';
import { bundledPackages, type BundledPackage } from './licences.ts';

const isNotice = (file: string) => /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(file);
const rule = '='.repeat(100);

/** Copyright holders of packages that have neither a text of the licence nor name them as their authors. */
const holders: Readonly<Record<string, string>> = {
  'onnxruntime-common': 'Microsoft Corporation',
  'onnxruntime-web': 'Microsoft Corporation',
  smoldot: 'the smoldot authors',
};

/** A package and the texts that belong to it. */
export interface Noticed {
  /** What it is called in the document. */
  readonly id: string;
  readonly texts: readonly string[];
}

/** The texts in the folder of a package, in one form, however their lines end. */
export async function textsIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map(({ name }) => name).filter(isNotice);
  const texts = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map(normalized);
}

/**
 * A document with each text once, below the packages that it belongs to.
 *
 * @param about what stands at its beginning
 * @param mark what stands before the name of each package
 */
export function documentOf(about: string, mark: string, packages: readonly Noticed[]): string {
  const owners = new Map<string, string[]>();
  for (const { id, texts } of packages) {
    for (const text of new Set(texts)) owners.set(text, [...(owners.get(text) ?? []), id]);
  }
  const parts = [...owners].map(([text, ids]) => `${ids.map((id) => `${mark}${id}`).join('\n')}\n\n${text}\n`);
  return [about, ...parts.sort()].join(`\n${rule}\n\n`);
}

/**
 * The texts of what the site is made of.
 *
 * @param checkout the root of the checkout, with its packages installed
 * @throws {NoLicenceText} when a package has none, and its licence is none that is known
 */
export async function siteNotices(checkout: string): Promise<string> {
  const apache = normalized(await readFile(join(checkout, 'LICENSE'), 'utf8'));
  const packages = await Promise.all(
    (await bundledPackages(checkout)).map(async (bundled): Promise<Noticed> => {
      const { name, version, licence, folder } = bundled;
      const texts = await textsIn(join(checkout, folder));
      const id = `${name} ${version}: ${licence}`;
      return { id, texts: texts.length > 0 ? texts : [textOf(licence, apache, await holderOf(checkout, bundled))] };
    }),
  );
  const about =
    'Texts of the licences of Airo and of the packages that its Cockpit may contain code of. Where a package leaves the choice\n' +
    'between several licences and comes without their texts, the Apache License is chosen.\n';
  return documentOf(about, 'Package: ', [{ id: 'Airo: Apache-2.0', texts: [apache] }, ...packages]);
}

/** Whose copyright a package without a text is, as far as it says so. */
async function holderOf(checkout: string, { name, folder }: BundledPackage): Promise<string> {
  const manifest = JSON.parse(await readFile(join(checkout, folder, 'package.json'), 'utf8')) as { author?: unknown };
  const author = typeof manifest.author === 'string' ? manifest.author.replace(/\s*[<(].*/, '') : '';
  return holders[name] ?? (author === '' ? `the authors of ${name}` : author);
}

function normalized(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}
