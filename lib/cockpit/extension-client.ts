/** The light client of the Substrate Connect extension, where there is one. */
import type { LightChain } from '../chain/light-client.ts';
import { Probe } from './probe.ts';

/** As much of an offer of `@substrate/discovery` as is looked at here. */
interface Offer {
  readonly kind: string;
  readonly info: { readonly rdns: string };
}

/** What `@substrate/connect` takes: a smoldot, offered by this extension. */
const wanted = { kind: 'smoldot-v1', rdns: 'io.github.paritytech.SubstrateConnect' } as const;

/**
 * Whether there is one. Extensions answer an event of the page at once; asking them needs nothing of `@substrate/connect`,
 * which is large.
 *
 * @see https://github.com/paritytech/substrate-connect, `packages/discovery`
 */
export function hasExtensionClient(): boolean {
  const offers: Offer[] = [];
  const detail = { onProvider: (offer: Offer) => void offers.push(offer) };
  globalThis.dispatchEvent(new CustomEvent('substrateDiscovery:requestProvider', { detail }));
  return offers.some(({ kind, info }) => kind === wanted.kind && info.rdns.startsWith(wanted.rdns));
}

/** Opens the chain in the extension's light client. For the option `open` of `connectChain`. */
export function extensionLightClient(chainSpec: string, onOpened: (probe: Probe) => void): () => Promise<LightChain> {
  return async () => {
    const { createScClient } = await import('@substrate/connect');
    const probe = new Probe(await createScClient().addChain(chainSpec));
    onOpened(probe);
    return probe;
  };
}
