/** What the market's actors say in tests and benchmarks: the chain's calls, with the arguments that seldom matter. */
import { generateKeyPairSync, sign } from 'node:crypto';

import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import { blake2AsHex, blake2AsU8a, sha256AsU8a } from '@polkadot/util-crypto';

import { call } from './api.ts';

type Transaction = SubmittableExtrinsic<'promise'>;

/** One AIRO in the chain's smallest unit. */
export const AIRO = 1_000_000_000_000n;

/** The content id of raw data, in hexadecimal: CID version 1, codec raw, sha2-256. */
export function contentId(data: string): string {
  return `0x01551220${Buffer.from(sha256AsU8a(data)).toString('hex')}`;
}

/** Registers a small image classifier; its NFT goes to whoever signs this. The royalty is per inference. */
export function registerModel(api: ApiPromise, content: string, royalty: bigint): Transaction {
  const tensor = (name: string, shape: readonly unknown[]) => ({ name, dataType: 'Fp32', shape });
  const description = {
    name: 'Digits',
    licence: 'Apache-2.0',
    inputs: [tensor('input', ['Dynamic', { Fixed: 1 }, { Fixed: 28 }, { Fixed: 28 }])],
    outputs: [tensor('logits', ['Dynamic', { Fixed: 10 }])],
    image: null,
    labels: 'None',
    tolerance: 100,
  };
  return call(api, 'marketplace.registerModel', content, 1_000, description, royalty);
}

/**
 * Registers a provider with a stake and a new Dx peer. The peer signs the hash of "airo/peer/1", the chain's genesis hash
 * and the account, so that nobody can name the peer of somebody else.
 */
export function registerProvider(api: ApiPromise, who: KeyringPair, stake: bigint): Transaction {
  const { publicKey: peerKey, privateKey } = generateKeyPairSync('ed25519');
  // The last 32 bytes of the encoded key are the key itself, which its peer id contains after a prefix.
  const raw = peerKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const message = blake2AsU8a(Buffer.concat([Buffer.from('airo/peer/1'), api.genesisHash.toU8a(), who.publicKey]));
  const profile = {
    name: 'provider',
    key: publicKey,
    peer: `0x002408011220${raw}`,
    peerProof: `0x${sign(null, message, privateKey).toString('hex')}`,
    kind: 'Server',
  };
  return call(api, 'marketplace.registerProvider', profile, null, stake);
}

/** What an order says that tests have reasons to vary; periods and deadlines are in blocks, the price is per inference. */
export interface OrderTerms {
  readonly model: number;
  readonly inferences: number;
  readonly maxPrice: bigint;
  readonly providers?: number;
  readonly maxInFlight?: number;
  readonly biddingPeriod?: number;
  readonly acceptancePeriod?: number;
  readonly responseDeadline?: number;
  readonly lifetime?: number;
}

/** Orders inferences, by default of one provider and with room for all of them to be requested at once. */
export function placeOrder(api: ApiPromise, terms: OrderTerms): Transaction {
  return call(api, 'marketplace.placeOrder', {
    providers: 1,
    maxInFlight: terms.inferences,
    biddingPeriod: 100,
    acceptancePeriod: 100,
    responseDeadline: 5,
    lifetime: 200,
    ...terms,
    minStake: 0,
    minRecord: { delivered: 0, reliability: 0 },
    key: publicKey,
    sender: null,
  });
}

/** Requests an inference for each payload, from index `first` on. */
export function request(api: ApiPromise, agreement: number, first: number, payloads: readonly string[]): Transaction {
  return call(api, 'execution.request', agreement, first, payloads.map(contentId));
}

/** Answers `count` requests with a result each, from index `first` on. */
export function respond(api: ApiPromise, agreement: number, first: number, count: number): Transaction {
  const answers = Array.from({ length: count }, (_, i) => {
    const result = `result ${first + i}`;
    return { Output: { content: contentId(result), commitment: blake2AsHex(`salt ${result}`) } };
  });
  return call(api, 'execution.respond', agreement, first, answers);
}

/** A public key for HPKE with X25519; nothing is decrypted with it. */
const publicKey = { scheme: 0, material: { Inline: `0x${'08'.repeat(32)}` } } as const;
