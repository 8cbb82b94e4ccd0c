/** Who signs: a key pair in this process, or a wallet extension. */
import { Keyring } from '@polkadot/keyring';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { Signer as WalletSigner } from '@polkadot/api/types';
import type { GenericExtrinsic } from '@polkadot/types';
import type { ExtrinsicEra } from '@polkadot/types/interfaces';
import type { SignerPayloadJSON } from '@polkadot/types/types';
import type { Codec } from '@polkadot/types-codec/types';
import { cryptoWaitReady, keyExtractSuri, mnemonicValidate } from '@polkadot/util-crypto';

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

export type AccountSigner = KeyPairSigner | WalletAccount;

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
const eraBlocks = { keyPair: 64, wallet: 256 } as const;

/** What a call is signed as. */
type Method = ReturnType<Runtime['call']>;

/**
 * Signs a call. It is valid in a bounded number of blocks only.
 *
 * @throws {TransactionRefused} when a wallet does not sign it, or signs something else
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
  return signed(await signByWallet(registry, extrinsic, signer, payload), birth);
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
