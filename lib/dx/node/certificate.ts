/**
 * The certificate of a webrtc-direct listener. Its hash is part of the address, so it is made once and kept: libp2p's own
 * would be another one every two weeks. Browsers check the hash and nothing else of it.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';

import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import { base64url } from 'multiformats/bases/base64';
import { sha256 } from 'multiformats/hashes/sha2';
import { z } from 'zod';

import { readOrMake } from './identity.ts';

const certificateFile = z.object({ privateKey: z.string(), pem: z.string(), certhash: z.string() });

/** A certificate and its key in PEM, and its hash as multiaddrs write it. */
export type Certificate = z.infer<typeof certificateFile>;

const lifetimeYears = 50;

/** @throws when the file has another content: it is never overwritten */
export async function certificateFromFile(file: string): Promise<Certificate> {
  const text = await readOrMake(file, async () => `${JSON.stringify(await makeCertificate(), undefined, 2)}\n`);
  try {
    return certificateFile.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} is no certificate of a Dx peer. Move it away to get a new one, and a new address.`, {
      cause: error,
    });
  }
}

/** A new self-signed certificate over a new P-256 key, the curve that all browsers take. */
export async function makeCertificate(): Promise<Certificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date();
  // Certificates count whole seconds.
  notBefore.setMilliseconds(0);
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + lifetimeYears);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=airo-dx',
      notBefore,
      notAfter,
      signingAlgorithm: algorithm,
      keys: keys as CryptoKeyPair,
      extensions: [new BasicConstraintsExtension(false, undefined, true)],
    },
    webcrypto as Crypto,
  );
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const { bytes } = await sha256.digest(new Uint8Array(certificate.rawData));
  return {
    privateKey: ['-----BEGIN PRIVATE KEY-----', ...lines(privateKey), '-----END PRIVATE KEY-----', ''].join('\n'),
    pem: certificate.toString('pem'),
    certhash: base64url.encode(bytes),
  };
}

function lines(base64: string): string[] {
  return base64.match(/.{1,64}/g) ?? [];
}
