/** What is done to the exported site after Next.js: the policies go into the pages, and everything is compressed. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import { withPolicy } from './content-security-policy.ts';
import { filesIn } from './files.ts';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** What is text, or code that shrinks like it. Images and fonts are compressed already. */
const compressible = /\.(html|js|mjs|css|json|txt|svg|xml|map|wasm|onnx)$/;
const least = 1_024;
/** Beyond this the best compression takes many seconds for some percent. */
const large = 1_000_000;
const atOnce = 4;

/** Finishes the site in a folder. @throws {InlineContentError} with the page that no strict policy can allow */
export async function finishSite(folder: string): Promise<void> {
  for (const file of (await filesIn(folder)).filter((path) => path.endsWith('.html'))) {
    await writePolicy(join(folder, file), file);
  }
  const waiting = (await filesIn(folder)).filter((file) => compressible.test(file));
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await compress(join(folder, next));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function writePolicy(path: string, name: string): Promise<void> {
  try {
    await writeFile(path, withPolicy(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

async function compress(path: string): Promise<void> {
  if ((await stat(path)).size < least) return;
  const content = await readFile(path);
  const quality = content.length > large ? 9 : constants.BROTLI_MAX_QUALITY;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const [small, older] = await Promise.all([brotli(content, { params }), zip(content, { level: 9 })]);
  if (small.length < content.length) await writeFile(`${path}.br`, small);
  if (older.length < content.length) await writeFile(`${path}.gz`, older);
}
