/** Plain Helia between two peers that are connected to each other: its own Bitswap, no DHT, no copies. */
import { join } from 'node:path';

import { withBitswap } from '@helia/bitswap';
import { withLibp2pLight } from '@helia/libp2p';
import { unixfs } from '@helia/unixfs';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createHeliaLight } from 'helia';
import { CID } from 'multiformats/cid';
import { z } from 'zod';

import { start } from '../../scripts/lib/process.ts';
import { within } from '../../scripts/lib/wait.ts';
import { lookupBytes, timed, transferBytes } from './transfer.ts';

const introduction = z.object({ address: z.string(), file: z.string(), small: z.string() });

const timeoutMs = 60_000;

/** A peer of Helia. */
export async function startHelia(listen: readonly string[]) {
  const helia = withBitswap(
    withLibp2pLight(createHeliaLight(), {
      addresses: { listen: [...listen] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    }),
  );
  await helia.start();
  return helia;
}

/** Fetches a file and then a block from a Helia in another process: in MB (10^6 bytes) per second, and in milliseconds. */
export async function measureHelia(): Promise<{ readonly download: number; readonly blockMs: number }> {
  const said = Promise.withResolvers<string>();
  const args = [join(import.meta.dirname, 'helia-process.ts'), String(transferBytes), String(lookupBytes)];
  const other = await start(process.execPath, args, {
    onLine: (line, stream) => stream === 'stdout' && said.resolve(line),
  });
  void other.ended.then(({ code }) => said.reject(new Error(`The other Helia ended with status ${code}.`)));
  try {
    const line = await within(said.promise, { what: 'the other Helia', timeoutMs });
    const { address, file, small } = introduction.parse(JSON.parse(line));
    const helia = await startHelia([]);
    try {
      await helia.libp2p.dial(multiaddr(address));
      const files = unixfs(helia);
      const fetched = (key: string) =>
        timed(async () => {
          let bytes = 0;
          const signal = AbortSignal.timeout(timeoutMs);
          for await (const part of files.cat(CID.parse(key), { signal })) bytes += part.length;
          return bytes;
        });
      const [bytes, seconds] = await fetched(file);
      if (bytes !== transferBytes) throw new Error(`Helia gave ${bytes} bytes.`);
      const [, smallSeconds] = await fetched(small);
      return { download: bytes / 1e6 / seconds, blockMs: smallSeconds * 1000 };
    } finally {
      await helia.stop();
    }
  } finally {
    await other.stop();
  }
}
