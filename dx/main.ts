/** `npm run dx`: a server of the Dx network, until it is told to stop. */
import { resolve } from 'node:path';

import { createLog, logFormats } from '../scripts/lib/log.ts';
import { main } from '../scripts/lib/main.ts';
import { describeOptions, parseOptions, UsageError } from '../scripts/lib/options.ts';
import { isFree, type Transport } from '../scripts/lib/ports.ts';
import { endBySignalWith, onShutdown } from '../scripts/lib/shutdown.ts';
import { configSchema, defaultPorts, type DxConfig } from './config.ts';
import type { ChainReferences } from './references.ts';
import { startDxServer, type DxServer } from './server.ts';

const MiB = 1024 ** 2;

const table = {
  'base-path': {
    type: 'path',
    help: 'Keep the key, the certificate and the data in this folder; in memory without it.',
  },
  bootstrap: { type: 'list', placeholder: 'MULTIADDR', help: 'Another server of the network; can be repeated.' },
  chain: { type: 'url', schemes: ['ws', 'wss'], help: 'A node of the chain: keep what the chain refers to.' },
  host: { type: 'text', placeholder: 'IP', help: 'Listen for peers on this address. (default: 127.0.0.1)' },
  announce: { type: 'list', placeholder: 'MULTIADDR', help: 'Tell peers this address instead; can be repeated.' },
  'rpc-host': { type: 'text', placeholder: 'IP', help: 'Listen for JSON-RPC on this address. (default: 127.0.0.1)' },
  'rpc-port': { type: 'port', default: defaultPorts.rpc, help: 'JSON-RPC over HTTP and WebSocket.' },
  'tcp-port': { type: 'port', default: defaultPorts.tcp, help: 'Peers on servers, by TCP.' },
  'ws-port': { type: 'port', default: defaultPorts.ws, help: 'Browsers by WebSocket.' },
  'webrtc-port': { type: 'port', default: defaultPorts.webrtc, help: 'Browsers by WebRTC, on UDP.' },
  'stun-port': { type: 'port', default: defaultPorts.stun, help: 'STUN, on UDP.' },
  'stranger-mb': { type: 'count', help: 'The most MiB of data that the chain does not refer to. (default: 256)' },
  'stranger-seconds': { type: 'count', help: 'For how long such data is kept. (default: 600)' },
  'total-mb': { type: 'count', help: 'The most MiB of all data. (default: 65536)' },
  'rpc-max-mb': { type: 'count', help: 'The most MiB of one upload or download by JSON-RPC. (default: 64)' },
  'collect-ms': { type: 'count', help: 'How often the chain is asked and old data removed, in ms. (default: 10000)' },
  verbose: { type: 'flag', help: 'Log everything that is kept and removed.' },
  'log-format': {
    type: 'choice',
    choices: logFormats,
    help: 'Log lines for people or JSON. (default: auto, for people when standard error is a terminal)',
  },
  json: { type: 'flag', help: 'Say on one line of JSON where it listens, and nothing else on standard output.' },
} as const;

const help = `Runs a server of the Dx network: peers join through it and it keeps their data. Its JSON-RPC offers dx_upload,
dx_download, dx_peers and dx_stat.

npm run dx -- [OPTION...]

${describeOptions(table)}

Port 0 means any free port. The log goes to standard error.`;

await main('npm run dx', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const config = readConfig({
    basePath: options['base-path'] === undefined ? undefined : resolve(options['base-path']),
    bootstrap: options.bootstrap,
    announce: options.announce,
    chain: options.chain,
    host: options.host,
    rpcHost: options['rpc-host'],
    rpcPort: options['rpc-port'],
    tcpPort: options['tcp-port'],
    wsPort: options['ws-port'],
    webrtcPort: options['webrtc-port'],
    stunPort: options['stun-port'],
    strangerBytes: times(options['stranger-mb'], MiB),
    strangerMs: times(options['stranger-seconds'], 1_000),
    totalBytes: times(options['total-mb'], MiB),
    rpcMaxBytes: times(options['rpc-max-mb'], MiB),
    collectMs: options['collect-ms'],
  });
  await requireFree('--rpc-port', config.rpcPort, 'tcp');
  await requireFree('--tcp-port', config.tcpPort, 'tcp');
  await requireFree('--ws-port', config.wsPort, 'tcp');
  await requireFree('--webrtc-port', config.webrtcPort, 'udp');
  await requireFree('--stun-port', config.stunPort, 'udp');

  // To be stopped is how this program ends, so it is no failure.
  endBySignalWith(0);
  const log = createLog(
    { level: options.verbose ? 'debug' : 'info', format: options['log-format'] ?? 'auto' },
    process.stderr,
  );
  const chain = config.chain === undefined ? undefined : await chainReferences(config.chain);
  if (chain !== undefined) onShutdown(() => chain[Symbol.asyncDispose]());
  const server = await startDxServer({
    config,
    log,
    ...(chain === undefined ? {} : { references: () => chain.read() }),
  });
  onShutdown(() => server.close());
  introduce(server, config, options.json);
  return new Promise<never>(() => undefined);
});

/** @throws {UsageError} when another program listens on the port */
async function requireFree(option: string, port: number, transport: Transport): Promise<void> {
  if (await isFree(port, transport)) return;
  throw new UsageError(
    `Port ${port} (${transport.toUpperCase()}) is in use, perhaps by a Dx server that runs already. ` +
      `Stop that program, or choose another port with ${option}.`,
  );
}

/** What speaks to the chain is large, and most of the time that a server takes to start, so it is loaded if it is used. */
async function chainReferences(url: string): Promise<ChainReferences> {
  const { ChainReferences: References } = await import('./references.ts');
  return new References(url);
}

/** @throws {UsageError} that names the option */
function readConfig(given: Readonly<Record<string, unknown>>): DxConfig {
  const checked = configSchema.safeParse(given);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const option = String(issue?.path[0] ?? '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${option}: ${issue?.message ?? 'it is not what it should be'}`);
}

function times(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value * unit;
}

function introduce({ peer, rpcUrl, stun }: DxServer, { basePath }: DxConfig, json: boolean): void {
  const { peerId } = peer;
  const addresses = peer.addresses();
  if (json) {
    console.log(JSON.stringify({ peerId, rpcUrl, addresses, stun, basePath: basePath ?? null }));
    return;
  }
  console.log('The Dx server runs. Ctrl-C stops it.\n');
  console.log(`  JSON-RPC  ${rpcUrl}`);
  for (const address of addresses) console.log(`  Peers     ${address}`);
  console.log(`  STUN      ${stun}`);
  console.log(`  Data      ${basePath === undefined ? 'in memory, gone at the end' : `kept in ${basePath}`}\n`);
}
