/** Many peers of Dx on this machine, several in one process, so that many can be had, and can die together. */
import { join } from 'node:path';

import { z } from 'zod';

import { start, type Ended } from '../../scripts/lib/process.ts';
import { waitFor } from '../../scripts/lib/wait.ts';

/** One of the peers: a server that keeps data for others. */
export interface SwarmPeer {
  readonly peerId: string;
  /** JSON-RPC over HTTP. */
  readonly rpcUrl: string;
  /** Where peers connect by TCP, with the peer id. */
  readonly address: string;
}

/** A process with peers in it. */
export interface Swarm extends AsyncDisposable {
  readonly pid: number;
  readonly peers: readonly SwarmPeer[];
  stop(): Promise<void>;
  /** Ends all its peers at once, as a power cut would. */
  kill(): Promise<void>;
}

export interface SwarmOptions {
  readonly count: number;
  /** Addresses of peers to join. Those after the first also join it. */
  readonly bootstrap?: readonly string[];
  /** The example `peer` of the crate `chain/dx`, built. Default: peers in TypeScript. */
  readonly executable?: string;
  /** How long they may take to start, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const introduction = z.object({
  peers: z.array(z.object({ peerId: z.string(), rpcUrl: z.string(), addresses: z.array(z.string()) })),
});

const keptLogLines = 50;

/** @throws when the process ends, or its deadline passes, before its peers listen; nothing of it is left then */
export async function startSwarm(options: SwarmOptions): Promise<Swarm> {
  const { count, bootstrap = [], executable, timeoutMs = 120_000, signal } = options;
  const script = executable === undefined ? [join(import.meta.dirname, 'dx-node-swarm-process.ts')] : [];
  const args = [...script, '--count', String(count), ...bootstrap.flatMap((address) => ['--bootstrap', address])];
  const lines: string[] = [];
  let said: string | undefined;
  const running = await start(executable ?? process.execPath, args, {
    onLine: (line, stream) => {
      if (stream === 'stdout') said ??= line;
      lines.push(line);
      if (lines.length > keptLogLines) lines.shift();
    },
  });
  let endedWith: Ended | undefined;
  void running.ended.then((ended) => (endedWith = ended));
  const stop = async () => {
    await running.stop();
  };
  try {
    const line = await waitFor(
      () => {
        if (endedWith !== undefined) throw new Error(`It ended with status ${endedWith.code}.`);
        return said;
      },
      { what: `${count} peers to listen`, timeoutMs, signal },
    );
    const { peers } = introduction.parse(JSON.parse(line));
    return {
      pid: running.pid,
      peers: peers.map(({ peerId, rpcUrl, addresses }) => ({ peerId, rpcUrl, address: addresses[0] ?? '' })),
      stop,
      kill: async () => {
        await running.kill();
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await running.stop();
    if (signal?.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The peers did not start: ${reason}\n${lines.join('\n')}`, { cause: error });
  }
}
