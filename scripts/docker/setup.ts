/**
 * Sets up the market of docker/compose.yaml, once: registers the ResNet by the command line, as its owner would, and
 * writes down where things are. It can run again at any time and does nothing twice.
 *
 * AIRO_CHAIN and AIRO_DX say where the chain and the Dx server answer, as for the command line; AIRO_PUBLIC_IP is the
 * address of this machine for browsers, and AIRO_LISTEN the one on which the Wingmen's REST API listens.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isIP } from 'node:net';

import { chooseAddresses, dxOf } from '../chain/node.ts';
import { readSpec, specFile, withBootNodes } from '../chain/specs.ts';
import { main } from '../lib/main.ts';
import { root } from '../lib/paths.ts';
import { run } from '../lib/process.ts';
import { RpcClient } from '../lib/rpc.ts';
import { waitFor } from '../lib/wait.ts';

const chainUrl = process.env.AIRO_CHAIN ?? 'ws://127.0.0.1:9944';
const dxUrl = process.env.AIRO_DX ?? 'http://127.0.0.1:9960';
const publicIp = process.env.AIRO_PUBLIC_IP ?? '127.0.0.1';
const listen = process.env.AIRO_LISTEN ?? '0.0.0.0';
/** Whose account registers the model. */
const owner = 'charlie';
const resnet = join('public', 'models', 'resnet-mnist');
const folders = { network: '/network', wingmen: '/wingmen', templates: '/templates' } as const;
const timeoutMs = 120_000;

/** Where the parts are reached: by each other, by their names, and by browsers. */
interface Places {
  readonly bootNodes: readonly string[];
  readonly dxServers: readonly string[];
  readonly dxPeers: readonly string[];
}

await main('setup', async () => {
  const places = await findPlaces();
  console.log('The chain and Dx answer.');
  await registerModel();
  await writeNetwork(places);
  for (const file of await writeWingmen(places)) console.log(`Wrote ${file}.`);
  return 0;
});

async function findPlaces(): Promise<Places> {
  const rpc = await waitFor(() => RpcClient.connect(chainUrl).catch(() => undefined), { what: chainUrl, timeoutMs });
  try {
    await waitFor(async () => Number((await rpc.request<{ number: string }>('chain_getHeader')).number) > 0, {
      what: 'the first block',
      timeoutMs,
    });
    const chain = chooseAddresses(await rpc.request<string[]>('system_localListenAddresses'));
    if (chain === undefined) throw new Error('The node does not listen by WebSocket and WebRTC, as pages need it.');
    const nodeDx = dxOf(chainUrl, await rpc.request('dx_stat'));
    if (nodeDx === undefined) throw new Error("The node's Dx does not listen by TCP, WebSocket and WebRTC.");
    const server = await waitFor(async () => dxOf(dxUrl, await dxStat()), { what: dxUrl, timeoutMs });
    return {
      bootNodes: [chain.wsAddress, chain.webrtcAddress].map((address) => at(publicIp, address)),
      dxServers: [server, nodeDx].map(({ webrtcAddress }) => at(publicIp, webrtcAddress)),
      dxPeers: [at(new URL(dxUrl).hostname, server.tcpAddress), at(new URL(chainUrl).hostname, nodeDx.tcpAddress)],
    };
  } finally {
    rpc.close();
  }
}

interface DxStat {
  readonly peer: string;
  readonly addresses: readonly string[];
}

/** What the server says of itself; with no addresses while it does not answer. */
async function dxStat(): Promise<DxStat> {
  try {
    const answer = await fetch(dxUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'dx_stat', params: [] }),
      signal: AbortSignal.timeout(5_000),
    });
    return ((await answer.json()) as { result: DxStat }).result;
  } catch {
    return { peer: '', addresses: [] };
  }
}

/** The same address on another host: containers have addresses that nobody else knows. */
function at(host: string, address: string): string {
  const family = isIP(host);
  return address.replace(/^\/ip[46]\/[^/]+/, family === 0 ? `/dns4/${host}` : `/ip${family}/${host}`);
}

async function registerModel(): Promise<void> {
  const { models } = await airo<{ models: readonly unknown[] }>('models');
  if (models.length > 0) {
    console.log('There is a model already.');
    return;
  }
  const files = [join(resnet, 'model.onnx'), '--description', join(resnet, 'description.json')];
  const { model } = await airo<{ model: number }>(
    ...['model', 'register', ...files, '--royalty', '0.01', '--dev-account', owner],
  );
  console.log(`Model ${model} is registered.`);
}

/** Runs a command of the command line, and gives its document. */
async function airo<T>(...args: readonly string[]): Promise<T> {
  const out: string[] = [];
  const { code, output } = await run(process.execPath, [join(root, 'cli', 'main.ts'), ...args, '--json'], {
    cwd: root,
    onLine: (line, stream) => {
      if (stream === 'stdout') out.push(line);
    },
  });
  if (code !== 0) throw new Error(`airo ${args.join(' ')} failed:\n${output}`);
  return JSON.parse(out.join('\n')) as T;
}

/** What the Cockpit reads to find the market. */
async function writeNetwork({ bootNodes, dxServers }: Places): Promise<void> {
  const spec = withBootNodes(readSpec(specFile('airo-dev')), bootNodes);
  const dx = { servers: dxServers, stun: [`stun:${publicIp}:3478`] };
  await write(join(folders.network, 'chain-spec.json'), JSON.stringify(spec));
  const network = { name: spec.name, chainSpec: './chain-spec.json', dx };
  await write(join(folders.network, 'network.json'), `${JSON.stringify(network, null, 2)}\n`);
}

/** The configuration of each Wingman: what its template says, and where things are. */
async function writeWingmen({ dxPeers }: Places): Promise<readonly string[]> {
  const tokenFile = join(folders.wingmen, 'api-token');
  await mkdir(folders.wingmen, { recursive: true });
  await readFile(tokenFile).catch(() => write(tokenFile, `${randomBytes(32).toString('base64url')}\n`, 0o600));
  const written = [tokenFile];
  for (const name of await readdir(folders.templates)) {
    const template = JSON.parse(await readFile(join(folders.templates, name), 'utf8')) as { readonly api?: object };
    const config = {
      ...template,
      basePath: '/data',
      chain: { urls: [chainUrl] },
      dx: { bootstrap: dxPeers },
      api: { ...template.api, host: listen, tokenFile },
    };
    const file = join(folders.wingmen, name);
    await write(file, `${JSON.stringify(config, null, 2)}\n`);
    written.push(file);
  }
  return written;
}

/** Whoever reads the file sees it as a whole, or not yet. */
async function write(file: string, text: string, mode = 0o644): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}
