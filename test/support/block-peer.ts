/** A peer of Dx that answers for blocks whatever it is told to, right or wrong: for what an honest peer never does. */
import type { TestContext } from 'node:test';

import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { identify } from '@libp2p/identify';
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';
import { CID } from 'multiformats/cid';

import { afterwards } from './cleanup.ts';
import { BITSWAP_PROTOCOL } from '../../lib/dx/bitswap/bitswap.ts';
import { decodeMessage, encodeMessage } from '../../lib/dx/bitswap/message.ts';
import { KAD_PROTOCOL } from '../../lib/dx/peer.ts';
import { readFrames, writeFrame } from '../../lib/dx/streams.ts';

export interface BlockPeer {
  readonly libp2p: Libp2p;
  readonly peerId: string;
  /** Resolves when the peer has been asked for a block for the first time. */
  readonly asked: Promise<CID>;
  /** Tells the DHT that this peer has the block. */
  provide(key: string): Promise<void>;
}

/**
 * Starts such a peer.
 *
 * @param server the address of the server through which it joins
 * @param answer the bytes that are given for a block; `undefined` for no answer
 */
export async function startBlockPeer(
  t: TestContext,
  server: string,
  answer: (cid: CID) => Uint8Array | undefined,
): Promise<BlockPeer> {
  const libp2p = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      dht: kadDHT({ protocol: KAD_PROTOCOL, peerInfoMapper: passthroughMapper, clientMode: true }),
    },
  });
  afterwards(t, () => libp2p.stop());
  const asked = Promise.withResolvers<CID>();
  await libp2p.handle(BITSWAP_PROTOCOL, async (stream, connection) => {
    for await (const frame of readFrames(stream, 4 * 1024 * 1024)) {
      for (const { cid, type, cancel } of decodeMessage(frame).wants) {
        const bytes = answer(cid);
        if (cancel || bytes === undefined) continue;
        asked.resolve(cid);
        const reply = await connection.newStream(BITSWAP_PROTOCOL);
        const message =
          type === 'have'
            ? encodeMessage({ wants: [], blocks: [], presences: [{ cid, has: true }] })
            : encodeMessage({ wants: [], blocks: [{ cid, bytes }], presences: [] });
        await writeFrame(reply, message, AbortSignal.timeout(5000));
        await reply.close();
      }
    }
  });
  await libp2p.dial(multiaddr(server));
  return {
    libp2p,
    peerId: libp2p.peerId.toString(),
    asked: asked.promise,
    provide: async (key) => {
      await libp2p.contentRouting.provide(CID.parse(key), { signal: AbortSignal.timeout(10_000) });
    },
  };
}
