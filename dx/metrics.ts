/**
 * Metrics of a Dx server for Prometheus, by the names that a node gives to those of its own Dx peer (chain/dx), so that one
 * panel shows both.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import type { DxPeer, DxStat } from '../lib/dx/peer.ts';
import { rpcErrorName } from '../lib/dx/rpc-errors.ts';

const prefix = 'airo_dx_';

export class Metrics {
  readonly #registry = new Registry();
  readonly #uploads = this.#outcomes('uploads', 'Uploads, by what came of them');
  readonly #downloads = this.#outcomes('downloads', 'Downloads, by what came of them');

  constructor(peer: Pick<DxPeer, 'on' | 'stat'>) {
    collectDefaultMetrics({ register: this.#registry, prefix });
    const gauge = (name: string, help: string, value: (stat: DxStat) => number) => {
      const made: Gauge = new Gauge({
        ...this.#named(name, help),
        collect: () => made.set(value(peer.stat())),
      });
    };
    gauge('peers', 'Connected peers', ({ peers }) => peers);
    gauge('storers', 'Connected peers that keep data for others', ({ storers }) => storers);
    gauge('kept_keys', 'Content ids that are kept', ({ keys }) => keys);
    gauge('kept_bytes', 'Bytes of data that are kept', ({ bytes }) => bytes);
    gauge('kept_stranger_bytes', 'Of these, bytes that the chain does not refer to', (stat) => stat.strangerBytes);
    const counter = (name: string, help: string) => new Counter(this.#named(`${name}_total`, help));
    const [sentBlocks, sentBytes] = [
      counter('sent_blocks', 'Blocks given to other peers'),
      counter('sent_bytes', 'Bytes of the blocks given to other peers'),
    ];
    const [receivedBlocks, receivedBytes] = [
      counter('received_blocks', 'Blocks that other peers gave'),
      counter('received_bytes', 'Bytes of the blocks that other peers gave'),
    ];
    peer.on('given', ({ bytes }) => {
      sentBlocks.inc();
      sentBytes.inc(bytes);
    });
    peer.on('received', ({ bytes }) => {
      receivedBlocks.inc();
      receivedBytes.inc(bytes);
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Counts what comes of an upload or a download by JSON-RPC: `Ok`, or the name of its error. */
  async count<T>(what: 'upload' | 'download', work: Promise<T>): Promise<T> {
    const counter = what === 'upload' ? this.#uploads : this.#downloads;
    try {
      const result = await work;
      counter.inc({ outcome: 'Ok' });
      return result;
    } catch (error) {
      counter.inc({ outcome: rpcErrorName(error) ?? 'Internal' });
      throw error;
    }
  }

  #outcomes(name: string, help: string): Counter<'outcome'> {
    return new Counter({ ...this.#named(`${name}_total`, help), labelNames: ['outcome'] });
  }

  #named(name: string, help: string) {
    return { name: `${prefix}${name}`, help, registers: [this.#registry] };
  }
}

/** What is used of a peer for others, with its uploads and downloads counted. */
export type ServedPeer = Pick<DxPeer, 'upload' | 'download' | 'peers' | 'stat' | 'addresses'>;

export function counted(peer: ServedPeer, metrics: Metrics): ServedPeer {
  return {
    upload: (data, options) => metrics.count('upload', peer.upload(data, options)),
    download: (key, options) => metrics.count('download', peer.download(key, options)),
    peers: () => peer.peers(),
    stat: () => peer.stat(),
    addresses: () => peer.addresses(),
  };
}
