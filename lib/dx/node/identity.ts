/** What a peer is known by, kept in files that only their owner can read. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The bytes of the secret from which a peer's Ed25519 key is made. */
export const SEED_BYTES = 32;

/**
 * The secret in a file: 32 bytes in hexadecimal. When there is no such file, it is made.
 *
 * @throws when the file has another content: it is never overwritten
 */
export async function seedFromFile(file: string): Promise<Uint8Array> {
  const text = await readOrMake(file, () => Promise.resolve(`${randomBytes(SEED_BYTES).toString('hex')}\n`));
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new Error(`${file} is no key of a Dx peer: it must be 64 hexadecimal digits. Move it away to get a new one.`);
  }
  return new Uint8Array(Buffer.from(text.trim(), 'hex'));
}

/** The text of a file; when there is none, what `make` returns, which is then in the file for the next time. */
export async function readOrMake(file: string, make: () => Promise<string>): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const text = await make();
  await mkdir(dirname(file), { recursive: true });
  // Written aside and moved into place: a crash leaves the whole file or none.
  const aside = `${file}.new`;
  await writeFile(aside, text, { mode: 0o600 });
  await rename(aside, file);
  return text;
}
