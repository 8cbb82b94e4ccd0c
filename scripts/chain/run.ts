/** `npm run chain`: a development chain on this machine, until it is told to stop. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { main } from '../lib/main.ts';
import { describeOptions, parseOptions, UsageError } from '../lib/options.ts';
import { dataFolder } from '../lib/paths.ts';
import { isFree, type Transport } from '../lib/ports.ts';
import { RpcClient } from '../lib/rpc.ts';
import { endBySignalWith, holdDuringShutdown, onShutdown } from '../lib/shutdown.ts';
import { startNode, type ChainNode } from './node.ts';
import { defaultDxPort, defaultP2pPort, defaultRpcPort, developmentNodeKey, fingerprint, readSpec, specFile } from './specs.ts';

const table = {
  'rpc-port': { type: 'port', default: defaultRpcPort, help: 'JSON-RPC over HTTP and WebSocket.' },
  'p2p-port': { type: 'port', default: defaultP2pPort, help: 'Peers: WebSocket on TCP, WebRTC on UDP.' },
  'base-path': { type: 'path', help: 'Keep the chain in this folder.' },
  tmp: { type: 'flag', help: 'Start a new chain and remove it at the end.' },
} as const;

const help = `Starts a development chain on this machine: one validator, well-known accounts with funds, a block every 2 seconds.

npm run chain -- [OPTION...]

${describeOptions(table)}

Without --base-path and --tmp the chain is kept in ${join(dataFolder(), 'chain')}, in a folder of its
own for each genesis, and goes on where it stopped. Port 0 means any free port.`;

await main('npm run chain', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const { 'rpc-port': rpcPort, 'p2p-port': p2pPort, 'base-path': givenPath, tmp } = options;
  if (tmp && givenPath !== undefined) {
    throw new UsageError('--tmp and --base-path exclude each other: one throws the chain away, the other keeps it.');
  }
  if (rpcPort !== 0 && rpcPort === p2pPort) throw new UsageError('--rpc-port and --p2p-port must differ.');
  await requireFree('--rpc-port', rpcPort, ['tcp']);
  await requireFree('--p2p-port', p2pPort, ['tcp', 'udp']);

  // To be stopped is how this program ends, so it is no failure.
  endBySignalWith(0);
  const basePath = tmp ? undefined : givenPath === undefined ? keptFolder() : resolve(givenPath);
  if (basePath !== undefined) mkdirSync(basePath, { recursive: true });
  const logFile = basePath === undefined ? undefined : join(basePath, 'node.log');
  const logStream = logFile === undefined ? undefined : createWriteStream(logFile);
  const node = await startNode({
    rpcPort,
    p2pPort,
    dx: { port: await dxPort() },
    nodeKey: developmentNodeKey,
    basePath,
    onLog: (line) => logStream?.write(`${line}\n`),
  });
  onShutdown(() => console.log('\nStopping ...'));
  introduce(node, tmp, logFile);
  await showBlocks(node);
  const { code } = await node.ended;
  await holdDuringShutdown();
  console.error(`\nThe node ended by itself with status ${code}. Its last lines:\n${tail(node.log())}`);
  return 1;
});

/** @throws {UsageError} when another program listens on the port */
async function requireFree(option: string, port: number, transports: readonly Transport[]): Promise<void> {
  for (const transport of transports) {
    if (await isFree(port, transport)) continue;
    throw new UsageError(
      `Port ${port} (${transport.toUpperCase()}) is in use, perhaps by a chain that runs already. ` +
        `Stop that program, or choose another port with ${option}.`,
    );
  }
}

/** The host's own default where that is free, so that addresses stay the same; a second chain takes any. */
async function dxPort(): Promise<number> {
  const free = [
    await isFree(defaultDxPort, 'tcp'),
    await isFree(defaultDxPort, 'udp'),
    await isFree(defaultDxPort + 1, 'tcp'),
  ];
  return free.every(Boolean) ? defaultDxPort : 0;
}

/** A new runtime brings a new genesis, which must not meet the database of an old one. */
function keptFolder(): string {
  const genesis = fingerprint(readSpec(specFile('airo-dev')));
  return join(dataFolder(), 'chain', `airo-dev-${genesis.slice(0, 8)}`);
}

function introduce(node: ChainNode, temporary: boolean, logFile: string | undefined): void {
  const rows = [
    ['JSON-RPC', node.rpcUrl],
    ['WebSocket', node.wsAddress],
    ['WebRTC', node.webrtcAddress],
    ...(node.dx === undefined ? [] : [['Dx', node.dx.tcpAddress]]),
    ['Chain', temporary ? 'temporary, removed at the end' : `kept in ${node.basePath}`],
    ...(logFile === undefined ? [] : [['Log', logFile]]),
  ];
  const width = Math.max(...rows.map(([label = '']) => label.length));
  console.log('The Airo development chain runs. Ctrl-C stops it.\n');
  for (const [label = '', value = ''] of rows) console.log(`  ${label.padEnd(width)}  ${value}`);
  console.log('');
}

/** Keeps one line on the terminal up to date; where there is no terminal, each block gets a line. */
async function showBlocks(node: ChainNode): Promise<void> {
  const rpc = await RpcClient.connect(node.rpcUrl);
  let best = 0;
  let finalized = 0;
  const show = () => {
    const line = `block ${best}, finalized ${finalized}`;
    process.stdout.write(process.stdout.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  };
  await rpc.subscribe<Header>('chain_subscribeFinalizedHeads', [], ({ number }) => {
    finalized = Number(number);
    best = Math.max(best, finalized);
    if (process.stdout.isTTY) show();
  });
  await rpc.subscribe<Header>('chain_subscribeNewHeads', [], ({ number }) => {
    best = Number(number);
    show();
  });
}

interface Header {
  readonly number: string;
}

function tail(log: string): string {
  return log.split('\n').slice(-20).join('\n');
}
