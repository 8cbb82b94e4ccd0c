/**
 * Starting and stopping a node of an Airo chain: for `npm run chain`, tests, benchmarks and demonstrations alike.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onShutdown } from '../lib/shutdown.ts';
import { start, type Ended, type Running } from '../lib/process.ts';
import { RpcClient } from '../lib/rpc.ts';
import { waitFor } from '../lib/wait.ts';
import { hostExecutable } from './host.ts';
import { fingerprint, readSpec, specFile, withBootNodes, type ChainSpec, type SpecId } from './specs.ts';

/** The well-known accounts that can be validators of the `airo-local` chain; `alice` is the one of `airo-dev`. */
export type DevelopmentValidator = 'alice' | 'bob' | 'charlie' | 'dave';

/** How the node's Dx peer runs. */
export interface NodeDxOptions {
  /** For TCP, and for WebRTC on UDP; WebSocket is on the next one. Default: 0, any free port for each. */
  readonly port?: number;
  /** Addresses of other Dx peers to join. Default: none. */
  readonly bootstrap?: readonly string[];
}

export interface NodeOptions {
  /** Which chain; a specification of another one can be given as such. Default: `airo-dev`. */
  readonly chain?: SpecId | ChainSpec;
  /** Whose keys make and finalize blocks; `none` for a node that only follows. Default: `alice`. */
  readonly validator?: DevelopmentValidator | 'none';
  /** For JSON-RPC over HTTP and WebSocket. Default: 0, any free port. */
  readonly rpcPort?: number;
  /** For peers: WebSocket on TCP and webrtc-direct on UDP. Default: 0, any free port for each. */
  readonly p2pPort?: number;
  /** Keeps the chain and is kept. Default: a temporary folder that goes when the node stops. */
  readonly basePath?: string;
  /** The secret part of the peer id, 32 bytes in hexadecimal. Default: a new one. */
  readonly nodeKey?: string;
  /** Addresses of the peers to join. Default: none. */
  readonly bootNodes?: readonly string[];
  /** The node's Dx peer, or that there is none. Default: one that joins nobody. */
  readonly dx?: NodeDxOptions | 'off';
  /** When the node counts as started: when it answers, or (default) when its chain also has a block. */
  readonly readyWhen?: 'answering' | 'block';
  /** How long that may take. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Receives each line of the node's log. */
  readonly onLog?: (line: string) => void;
  /** The host to run. Default: the prebuilt one, or the one built here. */
  readonly executable?: string;
  /** Further arguments for the host. */
  readonly extraArguments?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The Dx peer of a node, with the same names as those of a Dx server (`dx/start.ts`). */
export interface NodeDx {
  readonly peerId: string;
  /** The node's JSON-RPC over HTTP, with `dx_upload` and `dx_download`. */
  readonly rpcUrl: string;
  /** Where peers connect, with the peer id. */
  readonly addresses: readonly string[];
  /** The address for peers in Node, by TCP. */
  readonly tcpAddress: string;
  /** The addresses for browsers, by WebSocket and by WebRTC. */
  readonly wsAddress: string;
  readonly webrtcAddress: string;
}

/** A node that runs. */
export interface ChainNode extends AsyncDisposable {
  readonly pid: number;
  readonly peerId: string;
  /** Where JSON-RPC answers, for WebSocket clients. */
  readonly rpcUrl: string;
  /** Where peers and light clients connect by WebSocket, with the peer id. */
  readonly wsAddress: string;
  /** Where browsers connect by WebRTC, with the hash of the node's certificate and the peer id. */
  readonly webrtcAddress: string;
  /** The node's Dx peer, unless it is off. */
  readonly dx: NodeDx | undefined;
  /** The chain's specification with this node's addresses as boot nodes: what a light client needs. */
  readonly spec: ChainSpec;
  readonly basePath: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<Ended>;
  /** The last lines of the node's log. */
  log(): string;
  /** Ends the node in order and removes its temporary folder. */
  stop(): Promise<void>;
  /** Ends the process at once, as a power cut would; a given base path stays as it is then. */
  kill(): Promise<void>;
}

/** A node that could not be started, with the last lines of its log. */
export class NodeStartError extends Error {
  override readonly name = 'NodeStartError';
}

const keptLogLines = 400;

/**
 * Starts a node and waits until it can be used.
 *
 * @throws {NodeStartError} when the node ends or its deadline passes before that; nothing of it is left then
 */
export async function startNode(options: NodeOptions = {}): Promise<ChainNode> {
  const { chain = 'airo-dev', readyWhen = 'block', timeoutMs = 60_000 } = options;
  const committed = typeof chain === 'string' ? readSpec(specFile(chain)) : chain;
  const executable = options.executable ?? (await hostExecutable());
  const temporary = options.basePath === undefined;
  const basePath = options.basePath ?? (await mkdtemp(join(tmpdir(), 'airo-chain-')));
  const removal = { recursive: true, force: true, maxRetries: 5 } as const;
  let running: Running | undefined;
  const end = async (how: 'stop' | 'kill') => {
    await running?.[how]();
    if (temporary) await rm(basePath, removal);
    unregister();
  };
  const unregister = onShutdown(
    () => end('stop'),
    () => {
      if (temporary) rmSync(basePath, removal);
    },
  );

  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    if (lines.length > keptLogLines) lines.shift();
    options.onLog?.(line);
  };
  const log = () => lines.join('\n');

  try {
    await claimBasePath(basePath, committed);
    const specCopy = join(basePath, 'chain-spec.json');
    await writeFile(specCopy, JSON.stringify(withBootNodes(committed, options.bootNodes ?? [])));
    running = await start(executable, hostArguments(options, basePath, specCopy), { onLine });
    const hasDx = options.dx !== 'off';
    const reached = await ready(running, () => lines, { readyWhen, hasDx, timeoutMs, signal: options.signal });
    const { pid, ended } = running;
    const stop = () => end('stop');
    return {
      ...reached,
      pid,
      ended,
      basePath,
      spec: withBootNodes(committed, [reached.wsAddress, reached.webrtcAddress]),
      log,
      stop,
      kill: () => end('kill'),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await end('stop');
    if (options.signal?.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const tail = lines.slice(-30).map((line) => `  | ${line}`);
    throw new NodeStartError([`The node did not start: ${reason}`, ...tail].join('\n'), { cause: error });
  }
}

function hostArguments(options: NodeOptions, basePath: string, spec: string): string[] {
  const { validator = 'alice', p2pPort = 0, rpcPort = 0, nodeKey = randomBytes(32).toString('hex') } = options;
  return [
    ...['--chain', spec, '--base-path', basePath, '--node-key', nodeKey],
    ...(validator === 'none' ? [] : [`--${validator}`]),
    ...['--rpc-port', String(rpcPort)],
    ...['--listen-addr', `/ip4/127.0.0.1/tcp/${p2pPort}/ws`],
    ...['--listen-addr', `/ip4/127.0.0.1/udp/${p2pPort}/webrtc-direct`],
    // Nodes of different tests on one machine must neither find each other nor want the same metrics port.
    ...['--no-mdns', '--no-prometheus', '--no-telemetry', '--allow-private-ip'],
    ...dxArguments(options.dx),
    ...(options.extraArguments ?? []),
  ];
}

function dxArguments(dx: NodeOptions['dx'] = {}): string[] {
  if (dx === 'off') return ['--no-dx'];
  const { port = 0, bootstrap = [] } = dx;
  return [
    ...['--dx-listen-addr', `/ip4/127.0.0.1/tcp/${port}`],
    ...['--dx-listen-addr', `/ip4/127.0.0.1/tcp/${port === 0 ? 0 : port + 1}/ws`],
    ...['--dx-listen-addr', `/ip4/127.0.0.1/udp/${port}/webrtc-direct`],
    ...bootstrap.flatMap((address) => ['--dx-bootstrap', address]),
  ];
}

interface ReadyOptions {
  readonly readyWhen: 'answering' | 'block';
  readonly hasDx: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}
type Reached = Pick<ChainNode, 'rpcUrl' | 'wsAddress' | 'webrtcAddress' | 'peerId' | 'dx'>;

async function ready(running: Running, lines: () => readonly string[], options: ReadyOptions): Promise<Reached> {
  const { timeoutMs, signal } = options;
  let endedWith: Ended | undefined;
  void running.ended.then((ended) => (endedWith = ended));
  const wait = <T>(what: string, look: () => Promise<T | undefined> | T | undefined) =>
    waitFor<T>(
      () => {
        if (endedWith !== undefined) throw new Error(`it ended with status ${endedWith.code} before ${what}`);
        return look();
      },
      { what, timeoutMs, signal },
    );

  const rpcPort = await wait('its JSON-RPC server', () => rpcPortIn(lines()));
  const rpcUrl = `ws://127.0.0.1:${rpcPort}`;
  const rpc = await RpcClient.connect(rpcUrl);
  try {
    const addresses = await wait('its listen addresses', async () =>
      chooseAddresses(await rpc.request<string[]>('system_localListenAddresses')),
    );
    const dx = options.hasDx
      ? await wait('the listen addresses of its Dx', async () =>
          dxOf(rpcUrl, await rpc.request<{ peer: string; addresses: string[] }>('dx_stat')),
        )
      : undefined;
    if (options.readyWhen === 'block') {
      await wait('a block', async () => {
        const { number } = await rpc.request<{ number: string }>('chain_getHeader');
        return Number(number) > 0 ? number : undefined;
      });
    }
    return { rpcUrl, dx, ...addresses };
  } finally {
    rpc.close();
  }
}

/** The port in the host's line "Running JSON-RPC server: addr=127.0.0.1:9944". */
export function rpcPortIn(log: readonly string[]): number | undefined {
  for (const line of log) {
    const port = /Running JSON-RPC server: addr=.*?127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  return undefined;
}

/** Picks the WebSocket and the WebRTC address out of a node's listen addresses, once both are there. */
export function chooseAddresses(addresses: readonly string[]): Omit<Reached, 'rpcUrl' | 'dx'> | undefined {
  const wsAddress = addresses.find((address) => /\/tcp\/\d+\/ws\/p2p\//.test(address));
  const webrtcAddress = addresses.find((address) => /\/udp\/\d+\/webrtc-direct\/certhash\/.*\/p2p\//.test(address));
  const peerId = wsAddress?.split('/p2p/')[1];
  if (wsAddress === undefined || webrtcAddress === undefined || peerId === undefined) return undefined;
  return { wsAddress, webrtcAddress, peerId };
}

/** What `dx_stat` says about where the peer listens, once all of it is there. */
export function dxOf(
  rpcUrl: string,
  { peer: peerId, addresses }: { readonly peer: string; readonly addresses: readonly string[] },
): NodeDx | undefined {
  const tcpAddress = addresses.find((address) => /\/tcp\/\d+\/p2p\//.test(address));
  const wsAddress = addresses.find((address) => /\/tcp\/\d+\/ws\/p2p\//.test(address));
  const webrtcAddress = addresses.find((address) => /\/webrtc-direct\/certhash\/.*\/p2p\//.test(address));
  if (tcpAddress === undefined || wsAddress === undefined || webrtcAddress === undefined) return undefined;
  return { peerId, rpcUrl: rpcUrl.replace(/^ws/, 'http'), addresses, tcpAddress, wsAddress, webrtcAddress };
}

/**
 * Notes in the folder which chain it holds. A node whose specification has another genesis would carry on with the
 * chain in its database and confuse everyone who connects.
 *
 * @throws when the folder holds another chain
 */
export async function claimBasePath(basePath: string, spec: ChainSpec): Promise<void> {
  const file = join(basePath, 'chain.json');
  const chain = fingerprint(spec);
  await mkdir(basePath, { recursive: true });
  let holds: string | undefined;
  try {
    holds = (JSON.parse(await readFile(file, 'utf8')) as { genesis?: string }).genesis;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (holds !== undefined && holds !== chain) {
    throw new Error(
      `${basePath} holds a chain with another genesis (${holds.slice(0, 12)}; the specification has ` +
        `${chain.slice(0, 12)}). Use another folder, or remove this one to start anew.`,
    );
  }
  if (holds === undefined) await writeFile(file, JSON.stringify({ id: spec.id, genesis: chain }) + '\n');
}
