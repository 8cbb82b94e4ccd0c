/** What is left of uploads when many of the peers that keep them die at once. */
import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { identify } from '@libp2p/identify';
import { peerIdFromString } from '@libp2p/peer-id';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { CID } from 'multiformats/cid';

import { Bitswap } from '../../lib/dx/bitswap/bitswap.ts';
import { createDxPeer, type DxPeer } from '../../lib/dx/node/peer.ts';
import type { ContentId } from '../../lib/dx/types.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { randomData } from './dx.ts';
import type { SwarmPeer } from './dx-node-swarm.ts';

export interface ChurnOptions {
  /** All peers. */
  readonly peers: readonly SwarmPeer[];
  /** Those that are going to die. */
  readonly dying: ReadonlySet<string>;
  readonly kill: () => Promise<void>;
  /** How many uploads there are, and of how many bytes each. */
  readonly uploads: number;
  readonly bytes: number;
  /** How many peers hold each upload. Default: that of Dx. */
  readonly replicas?: number;
}

export interface Churned {
  readonly key: ContentId;
  readonly data: Uint8Array;
  readonly holders: readonly string[];
  /** Whether a living peer has it: one of its holders, or one that was asked as well because others were slow. */
  readonly survives: boolean;
  /** Whether it was downloaded afterwards as it was, and how long that took in milliseconds. */
  readonly found: boolean;
  readonly ms: number;
}

/** Nothing that is held somewhere takes longer than this; what is held nowhere is given up then, in milliseconds. */
const survivorTimeoutMs = 60_000;
const lostTimeoutMs = 5_000;
/** So many are uploaded or downloaded at once; with more, peers that share a machine would seem slow to each other. */
const atOnce = 10;

type Uploaded = Omit<Churned, 'survives' | 'found' | 'ms'>;
type Left = Omit<Churned, 'found' | 'ms'>;

/** Uploads, lets the peers die, and downloads everything again by a peer that knows a single one of the others. */
export async function churn(options: ChurnOptions): Promise<readonly Churned[]> {
  const { peers, dying, kill, uploads, bytes, replicas } = options;
  const payloads = Array.from({ length: uploads }, () => randomData(bytes));
  const uploader = await createDxPeer({ servers: peers.map(({ address }) => address) });
  let uploaded: readonly Uploaded[];
  try {
    // It asks those that are connected, and the predicted loss is that of a choice among all.
    await waitFor(() => uploader.stat().storers >= peers.length, { what: 'all peers', timeoutMs: 60_000 });
    uploaded = await inParallel(payloads, async (data) => {
      const { key, holders } = await uploader.upload(data, replicas === undefined ? {} : { replicas });
      return { key, data, holders };
    });
  } finally {
    // The uploader has it all, and must not be who it is found at.
    await uploader.close();
  }
  await kill();
  const alive = peers.filter(({ peerId }) => !dying.has(peerId));
  const left = await whatIsLeft(uploaded, alive);
  const downloader = await createDxPeer({ servers: alive.slice(0, 1).map(({ address }) => address) });
  try {
    // What nobody has any more is looked for last, so that its searches do not hold up the others.
    const inOrder = left.toSorted((a, b) => Number(b.survives) - Number(a.survives));
    return await inParallel(inOrder, async (upload) => ({ ...upload, ...(await look(downloader, upload)) }));
  } finally {
    await downloader.close();
  }
}

/** The part of the uploads that is lost on average when `dead` of `all` peers die and each upload has `replicas` holders. */
export function predictedLoss(all: number, dead: number, replicas: number): number {
  let loss = 1;
  for (let i = 0; i < replicas; i++) loss *= (dead - i) / (all - i);
  return Math.max(0, loss);
}

/** Asks every living peer by itself for what none of the confirmed holders can have any more. */
async function whatIsLeft(uploaded: readonly Uploaded[], alive: readonly SwarmPeer[]): Promise<readonly Left[]> {
  const libp2p = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
  });
  const bitswap = new Bitswap({
    libp2p,
    blocks: { has: () => Promise.resolve(false), get: () => Promise.resolve(undefined) },
  });
  await bitswap.start();
  try {
    for (const { address } of alive) await libp2p.dial(multiaddr(address));
    const has = (key: ContentId, { peerId }: SwarmPeer) =>
      bitswap
        .fetch(CID.parse(key), {
          signal: AbortSignal.timeout(survivorTimeoutMs),
          first: [peerIdFromString(peerId)],
          only: true,
        })
        .then(
          () => true,
          (error: unknown) => {
            if (error instanceof Error && error.name === 'NotFound') return false;
            throw error;
          },
        );
    return await inParallel(uploaded, async (upload) => {
      const holds = alive.some(({ peerId }) => upload.holders.includes(peerId));
      const survives = holds || (await Promise.all(alive.map((peer) => has(upload.key, peer)))).includes(true);
      return { ...upload, survives };
    });
  } finally {
    await bitswap.stop();
    await libp2p.stop();
  }
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = items.values();
  const next = async () => {
    for (const item of waiting) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return results;
}

async function look(
  peer: DxPeer,
  { key, data, survives }: Left,
): Promise<{ readonly found: boolean; readonly ms: number }> {
  const began = performance.now();
  try {
    const got = await peer.download(key, { timeoutMs: survives ? survivorTimeoutMs : lostTimeoutMs });
    return { found: Buffer.from(got).equals(data), ms: performance.now() - began };
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return { found: false, ms: performance.now() - began };
    throw error;
  }
}
