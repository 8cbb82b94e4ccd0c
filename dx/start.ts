/** Starting and stopping a Dx server as a process: for demonstrations, benchmarks and tests alike. */
import { join } from 'node:path';

import { z } from 'zod';

import { root } from '../scripts/lib/paths.ts';
import { start, type Ended } from '../scripts/lib/process.ts';
import { waitFor } from '../scripts/lib/wait.ts';

export interface StartDxOptions {
  /** Keeps the key, the certificate and the data. Default: everything is in memory. */
  readonly basePath?: string;
  /** Addresses of other servers of the network. */
  readonly bootstrap?: readonly string[];
  /** JSON-RPC of a node of the chain, `ws://...`. */
  readonly chain?: string;
  /** The ports to listen on. Default: any free ones. */
  readonly ports?: Partial<Readonly<Record<'rpc' | 'tcp' | 'ws' | 'webrtc' | 'stun', number>>>;
  /** Further arguments of `npm run dx`. */
  readonly extraArguments?: readonly string[];
  /** How long it may take until it listens. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Receives each line of the server's log. */
  readonly onLog?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What a server says with `--json`. */
const introduction = z.object({
  peerId: z.string(),
  rpcUrl: z.string(),
  addresses: z.array(z.string()),
  stun: z.string(),
});

/** A server that runs. */
export interface DxProcess extends AsyncDisposable {
  readonly pid: number;
  readonly peerId: string;
  /** JSON-RPC over HTTP; with `ws:` over WebSocket. */
  readonly rpcUrl: string;
  /** Where peers connect, with the peer id. */
  readonly addresses: readonly string[];
  /** The address for peers in Node, by TCP. */
  readonly tcpAddress: string;
  /** The addresses for browsers, by WebSocket and by WebRTC. */
  readonly wsAddress: string;
  readonly webrtcAddress: string;
  /** `stun:HOST:PORT`. */
  readonly stun: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<Ended>;
  /** The last lines of the server's log. */
  log(): string;
  stop(): Promise<void>;
  /** Ends the process at once, as a power cut would. */
  kill(): Promise<void>;
}

/** A server that could not be started, with the last lines of its log. */
export class DxStartError extends Error {
  override readonly name = 'DxStartError';
}

const keptLogLines = 200;

/**
 * Starts a server and waits until it listens.
 *
 * @throws {DxStartError} when it ends or its deadline passes before that; nothing of it is left then
 */
export async function startDx(options: StartDxOptions = {}): Promise<DxProcess> {
  const { timeoutMs = 60_000, signal, onLog } = options;
  const lines: string[] = [];
  let said: string | undefined;
  const running = await start(process.execPath, [join(root, 'dx', 'main.ts'), ...dxArguments(options)], {
    onLine: (line, stream) => {
      if (stream === 'stdout') said ??= line;
      lines.push(line);
      if (lines.length > keptLogLines) lines.shift();
      onLog?.(line);
    },
  });
  let endedWith: Ended | undefined;
  void running.ended.then((ended) => (endedWith = ended));
  const log = () => lines.join('\n');
  try {
    const line = await waitFor(
      () => {
        if (endedWith !== undefined) throw new Error(`it ended with status ${endedWith.code}`);
        return said;
      },
      { what: 'its addresses', timeoutMs, signal },
    );
    const { addresses, ...introduced } = introduction.parse(JSON.parse(line));
    const stop = async () => {
      await running.stop();
    };
    return {
      ...introduced,
      pid: running.pid,
      addresses,
      tcpAddress: pick(addresses, /\/tcp\/\d+\/p2p\//),
      wsAddress: pick(addresses, /\/tcp\/\d+\/ws\/p2p\//),
      webrtcAddress: pick(addresses, /\/webrtc-direct\//),
      ended: running.ended,
      log,
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
    throw new DxStartError(`The Dx server did not start: ${reason}\n${log()}`, { cause: error });
  }
}

/** The ports of a server, for another one that takes its place. */
export function portsOf(server: DxProcess): NonNullable<StartDxOptions['ports']> {
  const port = (address: string) => Number(/\/(?:tcp|udp)\/(\d+)/.exec(address)?.[1]);
  return { tcp: port(server.tcpAddress), ws: port(server.wsAddress), webrtc: port(server.webrtcAddress) };
}

function dxArguments({ basePath, bootstrap = [], chain, ports = {}, extraArguments = [] }: StartDxOptions): string[] {
  const { rpc = 0, tcp = 0, ws = 0, webrtc = 0, stun = 0 } = ports;
  return [
    '--json',
    ...(basePath === undefined ? [] : ['--base-path', basePath]),
    ...bootstrap.flatMap((address) => ['--bootstrap', address]),
    ...(chain === undefined ? [] : ['--chain', chain]),
    ...['--rpc-port', String(rpc), '--tcp-port', String(tcp), '--ws-port', String(ws)],
    ...['--webrtc-port', String(webrtc), '--stun-port', String(stun)],
    ...extraArguments,
  ];
}

function pick(addresses: readonly string[], pattern: RegExp): string {
  const address = addresses.find((candidate) => pattern.test(candidate));
  if (address === undefined) throw new Error(`it does not listen on ${pattern.source}`);
  return address;
}
