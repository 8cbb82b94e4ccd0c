/** The keys that a Wingman makes on its first start and keeps: for payloads (HPKE), and of its Dx peer. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { generateKeyPair, type EnvelopeKeyPair } from '../lib/dx/envelope.ts';
import { SecretInvalid } from './errors.ts';
import { readSecretFile, writeSecretFile } from './secrets.ts';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const envelopeKeys = z.strictObject({ publicKey: hex32, privateKey: hex32 });

export interface Keys {
  /** To which consumers encrypt payloads. */
  readonly envelope: EnvelopeKeyPair;
  /** The secret from which the Dx peer's Ed25519 key is made: 32 bytes. */
  readonly peerSeed: Uint8Array;
}

/**
 * Reads the keys from the base path; makes those that are not there yet.
 *
 * @throws {SecretInvalid} when a file is damaged, or others can read it
 */
export async function loadKeys(basePath: string): Promise<Keys> {
  return {
    envelope: await loadEnvelopeKeys(join(basePath, 'payload-key.json')),
    peerSeed: loadPeerSeed(join(basePath, 'peer-key')),
  };
}

async function loadEnvelopeKeys(file: string): Promise<EnvelopeKeyPair> {
  if (!existsSync(file)) {
    const { publicKey, privateKey } = await generateKeyPair();
    const text = { publicKey: toHex(publicKey), privateKey: toHex(privateKey) };
    writeSecretFile(file, `${JSON.stringify(text)}\n`);
  }
  const text = readSecretFile(file, 'the key for payloads');
  try {
    const { publicKey, privateKey } = envelopeKeys.parse(JSON.parse(text));
    return { publicKey: fromHex(publicKey), privateKey: fromHex(privateKey) };
  } catch {
    throw damaged(file, 'the key for payloads');
  }
}

function loadPeerSeed(file: string): Uint8Array {
  if (!existsSync(file)) writeSecretFile(file, `${toHex(randomBytes(32))}\n`);
  const seed = hex32.safeParse(readSecretFile(file, "the Dx peer's key").trim());
  if (!seed.success) throw damaged(file, "the Dx peer's key");
  return fromHex(seed.data);
}

/** The message does not show what is in the file. */
function damaged(file: string, what: string): SecretInvalid {
  return new SecretInvalid(
    `${file} should have ${what} and is damaged. Restore it from a backup, or remove it: then a new key is made, which ` +
      'POST /v1/initialize makes known, and what was encrypted to the old one is lost.',
  );
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
