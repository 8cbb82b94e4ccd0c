/**
 * Keys that live in this browser and sign without asking anybody: Ed25519 keys of Web Crypto that cannot be read out, not
 * even by this page, kept in IndexedDB. Whoever can run code in this page can let them sign, and no more; the chain bounds
 * what each of them may do.
 *
 * A key is only made where it can be kept. It gets money for fees and rights on chain: a key in memory would be gone with
 * the tab, and the money with it.
 */
import type { SigningKey } from '../chain/signer.ts';
import type { Address } from '../market/types.ts';
import { KeysUnsupported } from './errors.ts';
import type { Locks } from './locks.ts';
import type { Network } from './network.ts';
import type { Storage } from './storage.ts';

/** What a key is for: bidding and answering as a provider's operator key, or sending a consumer's requests. */
export type KeyPurpose = 'provider' | 'sender';

/** A key of this browser. */
export interface BrowserKey {
  /** With the chain's prefix. */
  readonly address: Address;
  readonly createdAtMs: number;
  /** For `AiroChain.account`. */
  readonly signer: SigningKey;
}

/** As it is kept. */
interface KeptKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly createdAtMs: number;
}

/** Where keys are kept. No backup has them: they cannot be read. */
export const signingPrefix = (network: string) => `signing/${network}/`;

const publicKeyBytes = 32;

/** The keys of this browser: one for each purpose on each network. */
export class BrowserKeys {
  readonly #storage: Storage;
  readonly #network: () => Promise<Pick<Network, 'id' | 'info'>>;
  readonly #locks: Locks;
  readonly #closing: AbortSignal;

  /**
   * @param network the network, as soon as it is known
   * @param locks so that two tabs do not make a key each
   * @param closing ends waiting for another tab
   */
  constructor(
    storage: Storage,
    network: () => Promise<Pick<Network, 'id' | 'info'>>,
    locks: Locks,
    closing: AbortSignal,
  ) {
    this.#storage = storage;
    this.#network = network;
    this.#locks = locks;
    this.#closing = closing;
  }

  /** The key, if this browser has one. */
  async find(purpose: KeyPurpose): Promise<BrowserKey | null> {
    const { id, info } = await this.#network();
    const kept = await this.#storage.get(signingPrefix(id) + purpose);
    return isKept(kept) ? keyOf(kept, info.addressPrefix) : null;
  }

  /**
   * The key; it is made when it is needed first.
   *
   * @throws {KeysUnsupported} when the browser's Web Crypto knows no Ed25519, or keeps nothing for this page
   */
  async get(purpose: KeyPurpose): Promise<BrowserKey> {
    const { id } = await this.#network();
    const name = `airo-key-${id}-${purpose}`;
    for (;;) {
      const known = await this.find(purpose);
      if (known !== null) return known;
      const release = await this.#locks.take(name);
      if (release === null) {
        await this.#locks.untilFree(name, this.#closing);
        continue;
      }
      try {
        // Another tab may have been faster.
        return (await this.find(purpose)) ?? (await this.#make(purpose));
      } finally {
        release();
      }
    }
  }

  /** Removes a key. Nobody can move what its account still has after that: take it back before. */
  async forget(purpose: KeyPurpose): Promise<void> {
    const { id } = await this.#network();
    await this.#storage.write([{ key: signingPrefix(id) + purpose, value: undefined }]);
  }

  async #make(purpose: KeyPurpose): Promise<BrowserKey> {
    const { id, info } = await this.#network();
    const made = await generate();
    const key = signingPrefix(id) + purpose;
    try {
      await this.#storage.write([{ key, value: made }]);
    } catch (error) {
      throw cannotKeep(error);
    }
    if (this.#storage.status.get().state !== 'persistent') {
      await this.#storage.write([{ key, value: undefined }]);
      throw cannotKeep();
    }
    return keyOf(made, info.addressPrefix);
  }
}

async function generate(): Promise<KeptKey> {
  // Not there in pages without TLS, whatever the types say.
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  try {
    if (subtle === undefined) throw new Error('There is no Web Crypto: the page was not served securely.');
    const { publicKey, privateKey } = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    return {
      privateKey,
      publicKey: new Uint8Array(await subtle.exportKey('raw', publicKey)),
      createdAtMs: Date.now(),
    };
  } catch (error) {
    throw new KeysUnsupported(
      'This browser cannot make keys that sign by themselves (Ed25519 in Web Crypto). Update it, or use another one.',
      { cause: error },
    );
  }
}

function cannotKeep(cause?: unknown): KeysUnsupported {
  return new KeysUnsupported(
    'This browser keeps nothing for this page, so a key that signs by itself would be gone with the tab, and its money with it. Leave private browsing, or free some space on this device.',
    { cause },
  );
}

function isKept(value: unknown): value is KeptKey {
  if (typeof value !== 'object' || value === null) return false;
  const { privateKey, publicKey } = value as Partial<KeptKey>;
  return (
    privateKey instanceof CryptoKey &&
    privateKey.algorithm.name === 'Ed25519' &&
    publicKey instanceof Uint8Array &&
    publicKey.length === publicKeyBytes
  );
}

async function keyOf({ privateKey, publicKey, createdAtMs }: KeptKey, prefix: number): Promise<BrowserKey> {
  const { encodeAddress } = await import('@polkadot/util-crypto');
  const address = encodeAddress(publicKey, prefix);
  return {
    address,
    createdAtMs,
    signer: {
      kind: 'signingKey',
      address,
      sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new Uint8Array(message))),
    },
  };
}
