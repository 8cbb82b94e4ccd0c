/**
 * The one HPKE suite of Dx: X25519 because its keys are small and it is everywhere, AES-128-GCM because browsers and
 * Node have it in hardware behind the Web Crypto API, where ChaCha20-Poly1305 is missing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9180
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256 as NativeKem, HkdfSha256 } from '@hpke/core';
import { DhkemX25519HkdfSha256 as PortableKem } from '@hpke/dhkem-x25519';

/** KEM 0x0020, KDF 0x0001, AEAD 0x0001. */
const suiteWith = (kem: NativeKem | PortableKem) =>
  new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes128Gcm() });

/**
 * The suite in two ways that speak to each other: with the platform's own X25519, and with one in JavaScript, which
 * takes several times as long and works where the platform has none (browsers from before 2025).
 */
export const suites = { native: suiteWith(new NativeKem()), portable: suiteWith(new PortableKem()) } as const;

let chosen: Promise<CipherSuite> | undefined;

/** The faster of the two that works on this platform. */
export function suite(): Promise<CipherSuite> {
  return (chosen ??= crypto.subtle.generateKey('X25519', false, ['deriveBits']).then(
    () => suites.native,
    () => suites.portable,
  ));
}

/** The bytes of a public key, of a private key and of an encapsulated key. */
export const KEY_BYTES = 32;

/** The bytes by which the AEAD makes a text longer. */
export const TAG_BYTES = 16;
