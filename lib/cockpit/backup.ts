/**
 * Everything that must not be lost, in one file: keys, what was sent, and results, encrypted with a passphrase.
 *
 * The file is JSON: a header that says how the key is made of the passphrase (PBKDF2 with HMAC-SHA-256) and how the content
 * is encrypted (AES-256-GCM, with the header as additional data, so that it cannot be changed either), and the content in
 * base64. The content is the JSON of `serialize.ts`.
 */
import { z } from 'zod';

import { keyPrefix } from './consumer-store.ts';
import { BackupTooNew, NotABackup, WeakPassphrase, WrongPassphrase } from './errors.ts';
import type { KeyValue } from './key-value.ts';
import { deserialize, fromBase64, serialize, toBase64 } from './serialize.ts';
import type { Backup } from './types.ts';

const format = 'airo-cockpit-backup';
const newestVersion = 1;
/** What OWASP recommends for PBKDF2 with HMAC-SHA-256 (Password Storage Cheat Sheet, 2023). */
const iterations = 600_000;
/** A file that asks for more would only keep the page busy. */
const maxIterations = 10_000_000;
const minPassphrase = 8;
const maxFileBytes = 256 * 1024 ** 2;

/** The parts of what is kept that belong into a backup. */
const parts = ['keys/', 'sent/', 'history/', 'request/', 'bound/'] as const;
const historyPart = 'history/';

const headerSchema = z.strictObject({
  format: z.literal(format),
  version: z.literal(newestVersion),
  key: z.strictObject({
    derivation: z.literal('PBKDF2'),
    hash: z.literal('SHA-256'),
    iterations: z.int().min(1).max(maxIterations),
    salt: z.string(),
  }),
  cipher: z.strictObject({ name: z.literal('AES-GCM'), iv: z.string() }),
});
type Header = z.output<typeof headerSchema>;
const fileSchema = z.strictObject({ header: headerSchema, content: z.string() });
const contentSchema = z.array(z.tuple([z.string(), z.unknown()]));

/**
 * Writes everything that is kept into one encrypted file.
 *
 * @throws {WeakPassphrase} when the passphrase has less than 8 characters
 */
export async function writeBackup(values: KeyValue, passphrase: string): Promise<Blob> {
  if (passphrase.length < minPassphrase) {
    throw new WeakPassphrase(`Choose a passphrase of at least ${minPassphrase} characters: the file holds your keys.`);
  }
  const entries = (await Promise.all(parts.map((prefix) => values.entries(prefix)))).flat();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const header: Header = {
    ...{ format, version: newestVersion },
    key: { derivation: 'PBKDF2', hash: 'SHA-256', iterations, salt: toBase64(salt) },
    cipher: { name: 'AES-GCM', iv: toBase64(iv) },
  };
  const plaintext = new TextEncoder().encode(serialize(entries));
  const key = await deriveKey(passphrase, header);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bound(header) }, key, plaintext);
  const text = JSON.stringify({ header, content: toBase64(new Uint8Array(sealed)) });
  return new Blob([text], { type: 'application/json' });
}

/**
 * Adds what a backup holds; what is here already stays as it is. A file that is refused changes nothing.
 *
 * @throws {NotABackup} when it is another file; {BackupTooNew} when a newer version wrote it; {WrongPassphrase} when the
 *   passphrase does not open it, or it was changed
 */
export async function readBackup(values: KeyValue, file: Blob, passphrase: string): Promise<Backup> {
  if (file.size > maxFileBytes) throw new NotABackup('The file is too large for a backup of the Cockpit.');
  const { header, content } = parseFile(await file.text());
  const entries = parseContent(await decrypt(header, content, passphrase));
  const missing: { readonly key: string; readonly value: unknown }[] = [];
  for (const [key, value] of entries) {
    if ((await values.get(key)) === undefined) missing.push({ key, value });
  }
  await values.write(missing);
  const count = (prefix: string) => missing.filter(({ key }) => key.startsWith(prefix)).length;
  return { keys: count(keyPrefix('').slice(0, -1)), inferences: count(historyPart) };
}

function parseFile(text: string): z.output<typeof fileSchema> {
  const refuse = (cause?: unknown) =>
    new NotABackup('This is no backup of the Cockpit. Choose the file that its export has made.', { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(error);
  }
  const claim = z
    .looseObject({ header: z.looseObject({ format: z.literal(format), version: z.int() }) })
    .safeParse(value);
  if (!claim.success) throw refuse(claim.error);
  if (claim.data.header.version > newestVersion) {
    throw new BackupTooNew('This backup was written by a newer version of the Cockpit. Open it there.');
  }
  const result = fileSchema.safeParse(value);
  if (!result.success) throw refuse(result.error);
  return result.data;
}

async function decrypt(header: Header, content: string, passphrase: string): Promise<string> {
  let iv: Uint8Array<ArrayBuffer>;
  let sealed: Uint8Array<ArrayBuffer>;
  let key: CryptoKey;
  try {
    iv = fromBase64(header.cipher.iv);
    sealed = fromBase64(content);
    key = await deriveKey(passphrase, header);
  } catch (error) {
    throw new NotABackup('The backup is damaged. Choose another copy of it.', { cause: error });
  }
  try {
    const plaintext = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: bound(header) }, key, sealed);
    return new TextDecoder().decode(plaintext);
  } catch (error) {
    throw new WrongPassphrase('The passphrase does not open this backup, or the file was changed. Try again.', {
      cause: error,
    });
  }
}

function parseContent(text: string): z.output<typeof contentSchema> {
  try {
    const entries = contentSchema.parse(deserialize(text));
    return entries.filter(([key]) => parts.some((part) => key.startsWith(part)));
  } catch (error) {
    throw new NotABackup('The backup holds something else than the Cockpit writes.', { cause: error });
  }
}

async function deriveKey(passphrase: string, { key }: Header): Promise<CryptoKey> {
  // The same passphrase can be typed in several ways in Unicode.
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', hash: key.hash, iterations: key.iterations, salt: fromBase64(key.salt) };
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** The header as it is bound to the content. */
function bound({ format: name, version, key, cipher }: Header): Uint8Array<ArrayBuffer> {
  const { derivation, hash, iterations: rounds, salt } = key;
  return new TextEncoder().encode(
    JSON.stringify([name, version, derivation, hash, rounds, salt, cipher.name, cipher.iv]),
  );
}
