/** What a command works with, loaded and connected when it is first asked for: a help text comes at once. */
import type { AiroChain } from '../lib/chain/index.ts';
import { chainWithAccount } from '../lib/consumer/chain.ts';
import { createEnvelopes } from '../lib/consumer/envelopes.ts';
import { openStore } from '../lib/consumer/node/store.ts';
import type { Ports } from '../lib/consumer/ports.ts';
import type { Dx } from '../lib/dx/types.ts';
import { systemClock } from '../lib/provider/clock.ts';
import type { Context } from './command.ts';
import type { Output } from './output.ts';
import { accountSecret, chainPlace, dxPlace, homeFolder, type SharedValues } from './settings.ts';

/** A context as the program around the command handles it. */
export interface RunningContext extends Context {
  /** What will still be there if the command ends now. */
  readonly remaining: () => readonly string[];
  /** Does what was put off until the result is written out. */
  readonly finish: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A context with real connections. Nothing is connected, nor read, before it is needed; `close` ends what is. */
export function createContext(options: SharedValues, out: Output, signal: AbortSignal): RunningContext {
  const closing: (() => Promise<void> | void)[] = [];
  const remaining = new Set<string>();
  const putOff: (() => Promise<void>)[] = [];

  const chain = once(async () => {
    const place = chainPlace(options);
    const { connectChain } = await import('../lib/chain/index.ts');
    out.live('spec' in place ? 'Finding the chain by a light client' : `Connecting to ${place.url}`);
    let connected: AiroChain;
    if ('spec' in place) {
      const { startLightClientWorker: start } = await import('../lib/chain/light-client.node.ts');
      connected = await connectChain({ kind: 'lightClient', chainSpec: place.spec, start, signal });
    } else {
      connected = await connectChain({ kind: 'websocket', url: place.url, signal });
    }
    closing.push(() => connected.close());
    out.live('');
    return connected;
  });
  const dx = once(async (): Promise<Dx> => {
    const place = dxPlace(options);
    if ('url' in place) {
      const { createDxRpcClient } = await import('../lib/dx/rpc-client.ts');
      return createDxRpcClient(place.url);
    }
    const { createDxPeer } = await import('../lib/dx/node/peer.ts');
    out.live('Joining Dx');
    const peer = await createDxPeer({ servers: place.peers });
    closing.push(() => peer.close());
    out.live('');
    if (peer.peers().length === 0)
      out.note(`No peer of Dx answers at ${place.peers.join(', ')} yet; it is tried again.`);
    return peer;
  });
  const signer = once(async () => {
    const secret = accountSecret(options);
    const { accountFromSecret } = await import('../lib/chain/index.ts');
    return accountFromSecret(secret);
  });
  const ports = once(async (): Promise<Ports> => {
    // A missing account is the user's to mend: it is said before anything is connected.
    const signing = await signer();
    const connected = await chain();
    const store = openStore(homeFolder(), connected.genesisHash);
    closing.push(() => store.close());
    return {
      chain: chainWithAccount(connected, connected.account(signing)),
      dx: {
        upload: async (data, given) => (await dx()).upload(data, given),
        download: async (key, given) => (await dx()).download(key, given),
      },
      envelopes: createEnvelopes(connected.genesisHash),
      store,
      clock: systemClock,
    };
  });

  return {
    out,
    signal,
    until: options.finalized === true ? 'finalized' : 'inBestBlock',
    chain: (): Promise<AiroChain> => chain(),
    dx,
    ports,
    remains(what) {
      remaining.add(what);
      return () => remaining.delete(what);
    },
    afterwards: (done) => void putOff.push(done),
    remaining: () => [...remaining],
    async finish() {
      for (const done of putOff.splice(0)) await done();
    },
    async close() {
      for (const end of closing.splice(0).reverse()) await end();
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
