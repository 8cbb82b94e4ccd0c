/** Who signs: a key pair in this process, a wallet extension, or a key that can be asked to sign and not be read. */
import { Keyring } from '@polkadot/keyring';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { Signer as WalletSigner } from '@polkadot/api/types';
import type { GenericExtrinsic, GenericExtrinsicPayload } from '@polkadot/types';
import type { ExtrinsicEra } from '@polkadot/types/interfaces';
import type { SignerPayloadJSON } from '@polkadot/types/types';
import type { Codec } from '@polkadot/types-codec/types';
import {
  blake2AsU8a,
  cryptoWaitReady,
  keyExtractSuri,
  mnemonicGenerate,
  mnemonicValidate,
} from '@polkadot/util-crypto';

import { hexOf } from './bytes.ts';
import { InvalidSecret } from './errors.ts';
import type { Runtime } from './runtime.ts';
import type { Block } from '../market/chain.ts';
import { TransactionRefused } from '../market/errors.ts';
import type { Address, Hex } from '../market/types.ts';

/** A key pair whose secret is in this process. */
export interface KeyPairSigner {
  readonly kind: 'keyPair';
  readonly pair: KeyringPair;
}

/** An account of a wallet extension: what `web3FromAddress` of `@polkadot/extension-dapp` gives, and the address. */
export interface WalletAccount {
  readonly kind: 'wallet';
  readonly address: Address;
  readonly signer: WalletSigner;
}

/** An Ed25519 key that is asked for each signature, such as a key of Web Crypto that cannot be read. */
export interface SigningKey {
  readonly kind: 'signingKey';
  /** Of the public key, with any prefix. */
  readonly address: Address;
  /** Signs these very bytes (RFC 8032, Ed25519 without prehashing): 64 bytes. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

export type AccountSigner = KeyPairSigner | WalletAccount | SigningKey;

/**
 * The signer of a secret: a phrase of words, a seed of 32 bytes in hexadecimal, or a development name such as `//Alice`,
 * each with derivations behind it if needed. The keys are sr25519.
 *
 * @throws {InvalidSecret} when it is none of these
 */
export async function accountFromSecret(secret: string): Promise<KeyPairSigner> {
  await cryptoWaitReady();
  try {
    const uri = secret.trim();
    // The keyring makes an account of any short text, so that a phrase that lost some words would be another account.
    if (!isSecret(uri)) throw new InvalidSecret();
    return { kind: 'keyPair', pair: new Keyring({ type: 'sr25519' }).addFromUri(uri) };
  } catch {
    // The error of the library is left out: it may quote the secret.
    throw new InvalidSecret();
  }
}

/** The secret phrase of a new account: twelve words (BIP-39), from 128 random bits. */
export async function newSecret(): Promise<string> {
  await cryptoWaitReady();
  return mnemonicGenerate();
}

function isSecret(uri: string): boolean {
  // Without a phrase the derivations start at the well-known one of development chains.
  if (uri.startsWith('/')) return true;
  const { phrase } = keyExtractSuri(uri);
  return /^0x[0-9a-f]{64}$/i.test(phrase) || mnemonicValidate(phrase);
}

/** What is signed beside the call. */
export interface SigningTerms {
  readonly genesisHash: Hex;
  readonly nonce: number;
  /** The block from which on the transaction is valid. */
  readonly birth: Block;
}

/** A transaction that is ready to be sent. */
export interface SignedTransaction {
  readonly bytes: Hex;
  readonly hash: Hex;
  readonly nonce: number;
  /** The first block that can have it comes after this one. */
  readonly bornAt: number;
  /** The first block that cannot have it any more. */
  readonly diesAt: number;
}

/** For how many blocks a transaction is valid, a power of two. A person needs time to read what a wallet shows. */
const eraBlocks = { keyPair: 64, signingKey: 64, wallet: 256 } as const;
/** The longest payload that is signed as it is; of a longer one the hash is (`sp-runtime`, `SignedPayload`). */
const maxPayloadBytes = 256;
/** The number of Ed25519 among the kinds of signatures (`sp-runtime`, `MultiSignature`). */
const ed25519Variant = 0;
const ed25519SignatureBytes = 64;
/** A number of a transaction that takes two bytes, as most accounts' do. */
const commonNonce = 64;

/** What a call is signed as. */
type Method = ReturnType<Runtime['call']>;

/**
 * Signs a call. It is valid in a bounded number of blocks only.
 *
 * @throws {TransactionRefused} when a wallet does not sign it, or signs something else; when a signing key fails
 */
export async function sign(
  { registry, version }: Runtime,
  method: Method,
  signer: AccountSigner,
  { genesisHash, nonce, birth }: SigningTerms,
): Promise<SignedTransaction> {
  // Signing changes the object: each transaction has its own.
  const extrinsic = registry.createTypeUnsafe<GenericExtrinsic>('Extrinsic', [{ method }, { version: 4 }]);
  const era = registry.createTypeUnsafe<ExtrinsicEra>('ExtrinsicEra', [
    { current: birth.number, period: eraBlocks[signer.kind] },
  ]);
  const options = {
    ...{ blockHash: birth.hash, era, genesisHash, nonce, tip: 0 },
    ...{ runtimeVersion: version, signedExtensions: registry.signedExtensions },
  };
  if (signer.kind === 'keyPair') {
    extrinsic.sign(signer.pair, options);
    return signed(extrinsic, birth);
  }
  const payload = registry
    .createTypeUnsafe<Codec & { toPayload(): SignerPayloadJSON }>('SignerPayload', [
      {
        ...options,
        ...{ address: signer.address, blockNumber: birth.number, method, version: 4, withSignedTransaction: true },
      },
    ])
    .toPayload();
  if (signer.kind === 'wallet') return signed(await signByWallet(registry, extrinsic, signer, payload), birth);
  const encoded = registry.createTypeUnsafe<GenericExtrinsicPayload>('ExtrinsicPayload', [payload, { version: 4 }]);
  // The call is signed without the length that stands before it elsewhere.
  const signature = await signatureOf(signer, encoded.toU8a({ method: true }));
  extrinsic.addSignature(signer.address, hexOf(signature), payload);
  return signed(extrinsic, birth);
}

/**
 * What a key signs of a transaction's payload, with the kind of the signature in front, as the chain takes it.
 *
 * @throws {TransactionRefused} when the key fails, or gives something that is no signature
 */
export async function signatureOf({ sign: ask }: SigningKey, payload: Uint8Array): Promise<Uint8Array> {
  const message = payload.length > maxPayloadBytes ? blake2AsU8a(payload) : payload;
  let signature: Uint8Array;
  try {
    signature = await ask(message);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TransactionRefused(`The key did not sign: ${reason}`, { cause: error });
  }
  if (signature.length !== ed25519SignatureBytes) {
    throw new TransactionRefused(`The key gave ${signature.length} bytes, which is no Ed25519 signature. Use another key.`);
  }
  return Uint8Array.of(ed25519Variant, ...signature);
}

/** A call as a transaction of nobody with a signature that is none, as long as a real one: to ask what it would cost. */
export function unsignedLookalike({ registry, version }: Runtime, method: Method, genesisHash: Hex): Uint8Array {
  const extrinsic = registry.createTypeUnsafe<GenericExtrinsic>('Extrinsic', [{ method }, { version: 4 }]);
  const era = registry.createTypeUnsafe<ExtrinsicEra>('ExtrinsicEra', [{ current: 0, period: eraBlocks.signingKey }]);
  extrinsic.signFake(new Uint8Array(32), {
    ...{ blockHash: genesisHash, era, genesisHash, nonce: commonNonce, tip: 0 },
    ...{ runtimeVersion: version, signedExtensions: registry.signedExtensions },
  });
  return extrinsic.toU8a();
}

async function signByWallet(
  registry: Runtime['registry'],
  extrinsic: GenericExtrinsic,
  { signer, address }: WalletAccount,
  payload: SignerPayloadJSON,
): Promise<GenericExtrinsic> {
  if (signer.signPayload === undefined) {
    throw new TransactionRefused('The wallet cannot sign transactions. Use another wallet.');
  }
  let result;
  try {
    result = await signer.signPayload(payload);
  } catch (error) {
    throw new TransactionRefused(`The wallet did not sign: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
  const { signature, signedTransaction } = result;
  if (signedTransaction === undefined) {
    extrinsic.addSignature(address, signature, payload);
    if (!extrinsic.isSigned) throw new TransactionRefused('The wallet gave an empty signature. Use another wallet.');
    return extrinsic;
  }
  // The wallet may have added to what is signed, such as the hash of the metadata by which it has shown the call.
  const complete = registry.createTypeUnsafe<GenericExtrinsic>('Extrinsic', [signedTransaction]);
  if (!complete.isSigned || complete.method.toHex() !== extrinsic.method.toHex()) {
    throw new TransactionRefused('The wallet has signed something else than it was asked to. Use another wallet.');
  }
  return complete;
}

function signed(extrinsic: GenericExtrinsic, birth: Block): SignedTransaction {
  const { era, nonce } = extrinsic;
  const mortal = (era).isMortalEra ? (era).asMortalEra : undefined;
  return {
    bytes: extrinsic.toHex(),
    hash: extrinsic.hash.toHex(),
    nonce: nonce.toNumber(),
    bornAt: birth.number,
    diesAt: mortal === undefined ? Infinity : mortal.death(birth.number),
  };
}
