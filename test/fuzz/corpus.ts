/** The samples that fuzzing begins with, and what was found: test/fixtures/fuzz, a folder for each target. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { root } from '../../scripts/lib/paths.ts';

export const corpusFolder = join(root, 'test', 'fixtures', 'fuzz');

/** Inputs whose names begin with this once broke a target; the others are samples that it reads. */
const foundPrefix = 'found-';

export interface Sample {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly isFinding: boolean;
}

/** The samples of a target, by the order of their names. @throws when there are none */
export async function samplesOf(target: string, folder = corpusFolder): Promise<readonly Sample[]> {
  const names = (await readdir(join(folder, target))).sort();
  return Promise.all(
    names.map(async (name) => ({
      file: join(folder, target, name),
      bytes: new Uint8Array(await readFile(join(folder, target, name))),
      isFinding: name.startsWith(foundPrefix),
    })),
  );
}

/** Keeps an input that broke a target, from now on a part of the tests. @returns its file */
export async function keep(target: string, bytes: Uint8Array, folder = corpusFolder): Promise<string> {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const file = join(folder, target, `${foundPrefix}${hash}.bin`);
  await mkdir(join(folder, target), { recursive: true });
  await writeFile(file, bytes);
  return file;
}
