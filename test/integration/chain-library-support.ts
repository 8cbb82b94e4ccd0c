/** What the tests of `lib/chain` share: connections that end with a test, and the market's actors with their terms. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { TestContext } from 'node:test';

import { sha256AsU8a } from '@polkadot/util-crypto';

import { contentIdOf, peerIdOf } from '../../lib/chain/identifiers.ts';
import {
  accountFromSecret,
  connectChain,
  peerProofMessage,
  type AiroChain,
  type ConnectOptions,
} from '../../lib/chain/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Account, Included, MarketEvent } from '../../lib/market/chain.ts';
import type { Address, ContentId, Description, Hex, OrderRequest, Profile, PublicKey } from '../../lib/market/types.ts';
import { afterwards } from '../support/cleanup.ts';

/** Connects to a chain until the test is over. */
export async function connectTo(t: TestContext, options: ConnectOptions): Promise<AiroChain> {
  const chain = await connectChain({ ...options, signal: t.signal });
  afterwards(t, () => chain.close());
  return chain;
}

/** A well-known account of development chains, by its name: `Alice`, `Bob`, ... */
export async function developer(chain: AiroChain, name: string): Promise<Account> {
  return chain.account(await accountFromSecret(`//${name}`));
}

/** The content id of a text as raw data. */
export function contentId(data: string): ContentId {
  return contentIdOf(`0x01551220${Buffer.from(sha256AsU8a(data)).toString('hex')}`);
}

const publicKey: PublicKey = { scheme: 0, material: { inline: `0x${'08'.repeat(32)}` } };

export const description: Description = {
  name: 'Ziffern ✎',
  licence: 'Apache-2.0',
  inputs: [{ name: 'input', dataType: 'FP32', shape: [null, 1, 28, 28] }],
  outputs: [{ name: 'logits', dataType: 'FP32', shape: [null, 10] }],
  image: { channels: 'gray', layout: 'nchw', fit: 'contain', mean: [0.1307], std: [0.3081] },
  labels: { kind: 'content', content: contentId('labels') },
  tolerance: 0.0001,
};

/** A profile with a new Dx peer, which signs for the account. */
export function newProfile(genesisHash: Hex, account: Address, key: PublicKey = publicKey): Profile {
  const { publicKey: peerKey, privateKey } = generateKeyPairSync('ed25519');
  // The last 32 bytes of the encoded key are the key itself, which its peer id contains after a prefix.
  const raw = peerKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const proof = sign(null, peerProofMessage(genesisHash, account), privateKey);
  return {
    name: 'provider',
    key,
    peer: peerIdOf(`0x002408011220${raw}`),
    peerProof: `0x${proof.toString('hex')}`,
    kind: 'server',
  };
}

/** An order that tests can have carried out at once. */
export function orderOf(model: number, terms: Partial<OrderRequest> = {}): OrderRequest {
  return {
    ...{ model, inferences: 6, maxPrice: 100n * AIRO, providers: 1, maxInFlight: 6 },
    ...{ biddingPeriod: 100, acceptancePeriod: 100, responseDeadline: 50, lifetime: 200 },
    ...{ minStake: 0n, minRecord: { delivered: 0, reliability: 0 }, key: publicKey, sender: null },
    ...terms,
  };
}

/** The only event of this kind in a transaction. */
export function eventOf<Kind extends MarketEvent['event']>({ events }: Included, kind: Kind) {
  const found = events.filter((event): event is Extract<MarketEvent, { event: Kind }> => event.event === kind);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} events ${kind}`);
  return found[0];
}

/** A salted hash for a result. */
export function commitment(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}

/** Checks an error by its name, and a part of its message or the error of the chain that it names. */
export function named(name: string, says?: string) {
  return (error: unknown): boolean => {
    if (!(error instanceof Error) || error.name !== name) throw new Error(`not ${name}`, { cause: error });
    if (says !== undefined && !error.message.includes(says)) throw new Error(`not "${says}"`, { cause: error });
    return true;
  };
}
