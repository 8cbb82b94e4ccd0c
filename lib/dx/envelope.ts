/**
 * Envelopes: what is sealed for one recipient, in one place of the market. Dx carries them and never sees inside.
 *
 * An envelope is a version byte (1), the encapsulated key (32 bytes) and the ciphertext, in HPKE's base mode with the
 * suite of `hpke.ts`. The version byte is authenticated as associated data, the place as HPKE's `info`:
 *
 * | bytes | what |
 * | --- | --- |
 * | 15 | `airo/envelope/1` in ASCII |
 * | 32 | the chain's genesis hash |
 * | 8 | the agreement's number, little-endian |
 * | 4 | the request's index, little-endian |
 * | 1 | 0 for a payload, 1 for a result |
 *
 * So an envelope that was made for another chain, agreement, request or direction cannot be opened.
 */
import { CannotDecrypt } from './errors.ts';
import { KEY_BYTES, suite, TAG_BYTES } from './hpke.ts';

/** Where an envelope belongs. */
export interface EnvelopeContext {
  /** 32 bytes in hexadecimal after `0x`. */
  readonly genesisHash: `0x${string}`;
  readonly agreement: number;
  /** The request's index in the agreement. */
  readonly index: number;
  readonly kind: 'payload' | 'result';
}

/** The two halves of a recipient's key, 32 bytes each. */
export interface EnvelopeKeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

const VERSION = 1;
const domain = new TextEncoder().encode('airo/envelope/1');
const genesisBytes = 32;

/** By how many bytes an envelope is longer than what is in it. */
export const ENVELOPE_OVERHEAD = 1 + KEY_BYTES + TAG_BYTES;

/** Makes a new key pair from the system's randomness. */
export async function generateKeyPair(): Promise<EnvelopeKeyPair> {
  const { kem } = await suite();
  const { publicKey, privateKey } = await kem.generateKeyPair();
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(publicKey)),
    privateKey: new Uint8Array(await kem.serializePrivateKey(privateKey)),
  };
}

/**
 * Seals something for one recipient.
 *
 * @param recipientPublicKey 32 bytes
 * @returns the envelope, {@link ENVELOPE_OVERHEAD} bytes longer than the plaintext
 * @throws {RangeError} when the key or the context cannot be one
 */
export async function seal(
  plaintext: Uint8Array,
  recipientPublicKey: Uint8Array,
  context: EnvelopeContext,
): Promise<Uint8Array> {
  requireKey('public', recipientPublicKey);
  const info = encodeContext(context);
  const hpke = await suite();
  const { enc, ct } = await hpke
    .seal(
      { recipientPublicKey: await hpke.kem.deserializePublicKey(recipientPublicKey), info },
      plaintext,
      Uint8Array.of(VERSION),
    )
    .catch((error: unknown) => {
      // A published key is a stranger's, and may be one of the few points to which every secret would be the same.
      throw new RangeError('Nothing can be sealed to this public key: it is a point of low order.', { cause: error });
    });
  const envelope = new Uint8Array(ENVELOPE_OVERHEAD + plaintext.length);
  envelope[0] = VERSION;
  envelope.set(new Uint8Array(enc), 1);
  envelope.set(new Uint8Array(ct), 1 + KEY_BYTES);
  return envelope;
}

/**
 * Opens an envelope.
 *
 * @param privateKey 32 bytes
 * @throws {CannotDecrypt} when it is for another key or another place, or was changed, or is no envelope at all
 * @throws {RangeError} when the key or the context cannot be one
 */
export async function open(
  envelope: Uint8Array,
  privateKey: Uint8Array,
  context: EnvelopeContext,
): Promise<Uint8Array> {
  requireKey('private', privateKey);
  const info = encodeContext(context);
  if (envelope.length < ENVELOPE_OVERHEAD) throw new CannotDecrypt('It is too short to be an envelope.');
  if (envelope[0] !== VERSION) {
    throw new CannotDecrypt(`It is no envelope of version ${VERSION}: it begins with ${envelope[0] ?? 'nothing'}.`);
  }
  const hpke = await suite();
  const recipientKey = await hpke.kem.deserializePrivateKey(privateKey);
  try {
    const plaintext = await hpke.open(
      { recipientKey, enc: envelope.subarray(1, 1 + KEY_BYTES), info },
      envelope.subarray(1 + KEY_BYTES),
      envelope.subarray(0, 1),
    );
    return new Uint8Array(plaintext);
  } catch (error) {
    throw new CannotDecrypt('The envelope is for another key or another place, or was changed on its way.', {
      cause: error,
    });
  }
}

function encodeContext({ genesisHash, agreement, index, kind }: EnvelopeContext): Uint8Array<ArrayBuffer> {
  if (!/^0x[0-9a-f]{64}$/i.test(genesisHash)) throw new RangeError('A genesis hash has 32 bytes, in hexadecimal.');
  if (!Number.isSafeInteger(agreement) || agreement < 0) throw new RangeError(`${agreement} is no agreement's number.`);
  if (!Number.isInteger(index) || index < 0 || index > 0xffff_ffff) throw new RangeError(`${index} is no index.`);
  const info = new Uint8Array(domain.length + genesisBytes + 8 + 4 + 1);
  const view = new DataView(info.buffer);
  info.set(domain);
  for (let i = 0; i < genesisBytes; i++) {
    info[domain.length + i] = Number.parseInt(genesisHash.slice(2 + 2 * i, 4 + 2 * i), 16);
  }
  view.setBigUint64(domain.length + genesisBytes, BigInt(agreement), true);
  view.setUint32(domain.length + genesisBytes + 8, index, true);
  view.setUint8(info.length - 1, kind === 'payload' ? 0 : 1);
  return info;
}

function requireKey(which: string, key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new RangeError(`A ${which} key has ${KEY_BYTES} bytes, not ${key.length}.`);
}
