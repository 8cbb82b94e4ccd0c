/**
 * The one HPKE suite of Dx: X25519 because its keys are small and it is everywhere, AES-128-GCM because browsers and
 * Node have it in hardware behind the Web Crypto API, where ChaCha20-Poly1305 is missing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9180
 */
import { Aes128Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519';

/** KEM 0x0020, KDF 0x0001, AEAD 0x0001. */
export const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

/** The bytes of a public key, of a private key and of an encapsulated key. */
export const KEY_BYTES = 32;

/** The bytes by which the AEAD makes a text longer. */
export const TAG_BYTES = 16;
