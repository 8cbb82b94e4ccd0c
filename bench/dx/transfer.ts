/** How fast data moves in a network, and how fast it is found there. */
import { createDxPeer, type DxPeer } from '../../lib/dx/node/peer.ts';
import { createDxRpcClient } from '../../lib/dx/rpc-client.ts';
import type { ContentId } from '../../lib/dx/types.ts';
import { randomData } from '../../test/support/dx.ts';
import type { SwarmPeer } from '../../test/support/dx-node-swarm.ts';
import type { Network } from './network.ts';

/** Of what throughput is measured with, and lookups. */
export const transferBytes = 25_000_000;
export const lookupBytes = 1_000;
const lookups = 10;
/** An uploader knows so many peers. */
const known = 3;

export interface Transfer {
  /** In MB (10^6 bytes) per second. */
  readonly upload: number;
  readonly download: number;
  readonly rpcUpload: number;
  readonly rpcDownload: number;
  /** In milliseconds, one for each of some lookups. */
  readonly lookupMs: readonly number[];
}

/** Measures a network once. */
export async function measureTransfer({ peers }: Network): Promise<Transfer> {
  const data = randomData(transferBytes);
  const { uploaded, seconds: uploadSeconds } = await withPeer(peers.slice(0, known), async (peer) => {
    const [result, seconds] = await timed(() => peer.upload(data));
    return { uploaded: result, seconds };
  });
  const downloadSeconds = await withPeer([strangerTo(peers, uploaded.holders)], async (peer) => {
    const [got, seconds] = await timed(() => peer.download(uploaded.key));
    return same(got, data, seconds);
  });

  const first = peers[0];
  if (first === undefined) throw new RangeError('A network has peers.');
  const other = randomData(transferBytes);
  const [byRpc, rpcUploadSeconds] = await timed(() => createDxRpcClient(first.rpcUrl).upload(other));
  const reader = createDxRpcClient(strangerTo(peers, byRpc.holders).rpcUrl);
  const [got, rpcDownloadSeconds] = await timed(() => reader.download(byRpc.key));
  same(got, other, rpcDownloadSeconds);

  const perSecond = (seconds: number) => transferBytes / 1e6 / seconds;
  return {
    upload: perSecond(uploadSeconds),
    download: perSecond(downloadSeconds),
    rpcUpload: perSecond(rpcUploadSeconds),
    rpcDownload: perSecond(rpcDownloadSeconds),
    lookupMs: await measureLookups(peers),
  };
}

/** Each time by a peer that has just come and knows one other, which does not have what is looked for. */
async function measureLookups(peers: readonly SwarmPeer[]): Promise<readonly number[]> {
  const uploaded = await withPeer(peers.slice(0, known), (peer) =>
    Promise.all(Array.from({ length: lookups }, () => peer.upload(randomData(lookupBytes)))),
  );
  const find = ({ key, holders }: { readonly key: ContentId; readonly holders: readonly string[] }) =>
    withPeer([strangerTo(peers, holders)], async (peer) => (await timed(() => peer.download(key)))[1] * 1000);
  // Storers tell the network what they have a little later; from when all is found once, lookups are measured.
  for (const upload of uploaded) await find(upload);
  const ms: number[] = [];
  for (const upload of uploaded) ms.push(await find(upload));
  return ms;
}

/** A peer that does not hold it, from the end: the first ones are those that uploaders know. */
function strangerTo(peers: readonly SwarmPeer[], holders: readonly string[]): SwarmPeer {
  const found = peers.findLast(({ peerId }) => !holders.includes(peerId));
  if (found === undefined) throw new RangeError('Every peer holds it.');
  return found;
}

async function withPeer<T>(servers: readonly SwarmPeer[], work: (peer: DxPeer) => Promise<T>): Promise<T> {
  await using peer = await createDxPeer({ servers: servers.map(({ address }) => address) });
  return await work(peer);
}

/** @returns the seconds, when the data is the same */
function same(got: Uint8Array, expected: Uint8Array, seconds: number): number {
  if (!Buffer.from(got).equals(expected)) throw new Error('What was downloaded is not what was uploaded.');
  return seconds;
}

/** What the work gives, and the seconds that it took. */
export async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / 1000];
}
