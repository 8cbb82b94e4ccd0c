/** The light client of the Substrate Connect extension, where there is one. */
import { deadline, unlessAborted } from '../chain/waiting.ts';
import type { ClientOfChain } from './light-client.ts';
import { Probe } from './probe.ts';

/** As much of an offer of `@substrate/discovery` as is looked at here. */
interface Offer {
  readonly kind: string;
  readonly info: { readonly rdns: string };
}

/** What `@substrate/connect` takes: a smoldot, offered by this extension. */
const wanted = { kind: 'smoldot-v1', rdns: 'io.github.paritytech.SubstrateConnect' } as const;

/** Within which the extension takes a chain. */
const addingMs = 10_000;

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

/**
 * The chain in the extension's light client, until that fails: then in the one that it is replaced by. A page cannot end a
 * light client that others use too, and that of an extension may not have what the chain's nodes are reached with.
 *
 * @param onOpened called with the chain when the extension has opened it
 * @param instead starts the light client that is used when the extension's is given up
 */
export function extensionLightClient(
  chainSpec: string,
  onOpened: (probe: Probe) => void,
  instead: () => Promise<ClientOfChain>,
): ClientOfChain {
  let current: Probe | null = null;
  let isGivenUp = false;
  let isClosed = false;
  let other: ClientOfChain | null = null;
  const giveUp = () => {
    isGivenUp = true;
    try {
      current?.remove();
    } catch {
      // The light client is gone, and the chain with it.
    }
  };
  const openOffered = async () => {
    const { createScClient } = await import('@substrate/connect');
    const adding = createScClient().addChain(chainSpec);
    try {
      return await within(addingMs, adding);
    } catch {
      // Should it come after all, nobody wants it any more.
      void adding.then((chain) => chain.remove()).catch(() => undefined);
      return null;
    }
  };
  return {
    async open() {
      const chain = isGivenUp ? null : await openOffered();
      if (chain === null) {
        giveUp();
        other ??= await instead();
        if (isClosed) other.close();
        return other.open();
      }
      current = new Probe(chain);
      onOpened(current);
      return current;
    },
    restart: () => (other === null ? giveUp() : other.restart()),
    close() {
      isClosed = true;
      other?.close();
    },
  };
}

/** @throws when a promise has no result after this time */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const limit = deadline(milliseconds, () => new Error('The extension does not answer.'));
  try {
    return await unlessAborted(promise, limit.signal);
  } finally {
    limit.clear();
  }
}
