/** What the site is built from, so that it is built again only when that has changed. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { filesIn } from './files.ts';
import { root } from '../lib/paths.ts';

const folders = ['app', 'components', 'lib', 'public', 'scripts/app', 'workers'];
const files = ['next.config.js', 'package-lock.json', 'tsconfig.json'];
/** Tests, and what runs on Node alone, are in no page. */
const beside = /\.(test|node)\.tsx?$|(^|\/)(testing|node|fixtures)\/|\.tsbuildinfo$/;

/** The hash of everything that the site is built from. */
export async function siteSources(checkout = root): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const file of await filesIn(join(checkout, folder)).catch(missing)) {
      if (!beside.test(file)) await add(`${folder}/${file}`);
    }
  }
  for (const file of files) await add(file);
  return hash.digest('hex');

  async function add(path: string): Promise<void> {
    const content = await readFile(join(checkout, path));
    hash.update(`${path} ${content.length}\n`).update(content);
  }
}

function missing(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
