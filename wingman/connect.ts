/** Reaching the chain and Dx. */
import { join } from 'node:path';

import { base58Decode, checkAddressChecksum, decodeAddress, encodeAddress } from '@polkadot/util-crypto';

import { connectChain, peerProofMessage, type AiroChain } from '../lib/chain/index.ts';
import { createDxPeer } from '../lib/dx/node/peer.ts';
import type { DxPeer } from '../lib/dx/peer.ts';
import type { Address, Hex, Profile } from '../lib/market/types.ts';
import { systemClock } from '../lib/provider/clock.ts';
import { profileOf } from '../lib/provider/profiles.ts';
import type { Config } from './config/schema.ts';
import { CannotListen, messageOf } from './errors.ts';
import type { Keys } from './keys.ts';
import type { Logger } from '../scripts/lib/log.ts';

/** The pause between two attempts to reach the chain, in milliseconds. */
const retryMs = 3_000;

/**
 * Starts the Dx peer. It joins the network as soon as one of its servers is there.
 *
 * @throws {CannotListen} when it cannot listen where it should
 */
export async function startDx({ dx }: Config, basePath: string, keys: Keys, log: Logger): Promise<DxPeer> {
  let peer: DxPeer;
  try {
    peer = await createDxPeer({
      folder: join(basePath, 'dx'),
      seed: keys.peerSeed,
      listen: dx.listen,
      announce: dx.announce,
      servers: dx.bootstrap,
    });
  } catch (error) {
    throw new CannotListen(
      `The Dx peer cannot be started: ${messageOf(error)}. Are the addresses of dx.listen (${dx.listen.join(', ')}) ` +
        'free, and of this machine?',
      { cause: error },
    );
  }
  peer.on('warning', ({ message }) => log.debug(`Dx: ${message}`));
  log.info({ peer: peer.peerId, addresses: peer.addresses() }, 'the Dx peer is up');
  if (dx.bootstrap.length === 0) log.warn('dx.bootstrap is empty: without a Dx server nothing can be fetched');
  else if (peer.peers().length === 0) log.warn('no Dx server of dx.bootstrap is reached yet; it is tried again');
  return peer;
}

/**
 * Connects to the chain, however long that takes.
 *
 * @param waiting is told why it is not there yet
 * @throws the reason of the signal; {@link WrongChain} when what answers has no market
 */
export async function reachChain(
  { chain: { urls } }: Config,
  log: Logger,
  waiting: (why: string) => void,
  signal: AbortSignal,
): Promise<AiroChain> {
  let said: string | undefined;
  for (;;) {
    try {
      return await connectChain({ kind: 'websocket', url: urls, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Error && error.name === 'WrongChain') throw error;
      const why = `the chain at ${urls.join(', ')}: ${messageOf(error)}`;
      waiting(why);
      if (why !== said) log.warn(`waiting for ${why} It is tried again.`);
      said = why;
    }
    await systemClock.sleep(retryMs, signal);
  }
}

/** An address with the same prefix as another one, so that the two can be compared as text. */
export function inPrefixOf(address: Address, other: Address): Address {
  const [, , , prefix] = checkAddressChecksum(base58Decode(other));
  return encodeAddress(decodeAddress(address), prefix);
}

/** Makes the profiles of a provider, which differ by the name alone. */
export async function profileMaker(
  dx: Pick<DxPeer, 'peerId' | 'sign'>,
  keys: Keys,
  genesisHash: Hex,
  provider: Address,
): Promise<(name: string) => Profile> {
  const peerProof = await dx.sign(peerProofMessage(genesisHash, provider));
  const envelopeKey = keys.envelope.publicKey;
  return (name) => profileOf({ name, kind: 'server', envelopeKey, peer: dx.peerId, peerProof });
}
