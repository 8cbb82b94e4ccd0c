/** The market of a soak: every part is a process that can be killed and comes back as itself. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { portsOf, startDx, type DxProcess } from '../../dx/start.ts';
import { accountFromSecret, connectChain, type AiroChain } from '../../lib/chain/index.ts';
import { chainWithAccount, createEnvelopes, type Input, type Ports } from '../../lib/consumer/index.ts';
import { openStore } from '../../lib/consumer/node/store.ts';
import { createDxPeer } from '../../lib/dx/node/peer.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Call } from '../../lib/market/chain.ts';
import { systemClock } from '../../lib/provider/clock.ts';
import { startWingman, type WingmanProcess } from '../../wingman/start.ts';
import type { ConfigText } from '../../wingman/config/schema.ts';
import { startNode, type ChainNode } from '../chain/node.ts';
import { readResnet } from '../demo/marketplace.ts';
import { readImages } from '../demo/purchase.ts';
import { startTcpProxy, type TcpProxy } from '../lib/tcp-proxy.ts';
import { Actor } from './actor.ts';
import type { Random } from './random.ts';

export interface SoakMarket extends AsyncDisposable {
  readonly node: Actor<ChainNode>;
  readonly dx: readonly Actor<DxProcess>[];
  readonly wingmen: readonly Actor<WingmanProcess>[];
  readonly ways: readonly TcpProxy[];
  /** A connection straight to the node. */
  readonly chain: AiroChain;
  readonly rpcUrl: string;
  readonly model: number;
  /** Ten pictures of digits. */
  readonly inputs: readonly Input[];
  /** What a consumer works with, on the ways that can be made slow and cut. */
  consumer(number: number): Promise<Ports>;
}

export interface SoakMarketOptions {
  readonly folder: string;
  readonly wingmen: number;
  readonly consumers: number;
  readonly dxServers: number;
  readonly random: Random;
  readonly say: (line: string) => void;
  readonly onLost: (what: string) => void;
  readonly signal: AbortSignal;
}

const owner = '//Charlie';
const royalty = AIRO / 100n;
const readyMs = 180_000;
const endowment = 10_000n * AIRO;

const secretOf = (role: 'Wingman' | 'Consumer', number: number) => `//Soak//${role}//${number}`;

/** Starts all of it. What was started is stopped when it fails. */
export async function startSoakMarket(options: SoakMarketOptions): Promise<SoakMarket> {
  const { folder, random, say, onLost, signal } = options;
  await using started = new AsyncDisposableStack();
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const actor = async <P extends ChainNode | DxProcess | WingmanProcess>(
    name: string,
    isSpared: boolean,
    start: (onLog: (line: string) => void) => Promise<P>,
  ): Promise<Actor<P>> => {
    const made = await Actor.start<P>({ name, isSpared, start, logs, onLost });
    started.defer(() => made.stop());
    return made;
  };
  const way = async (to: number, rewritesHost: boolean) => {
    const proxy = await startTcpProxy({ to, rewritesHost, random: () => random.next() });
    started.defer(() => proxy.close());
    return proxy;
  };

  say('starting the chain and Dx');
  const nodeKey = randomBytes(32).toString('hex');
  let rpcPort = 0;
  const node = await actor('node', false, async (onLog) => {
    const running = await startNode({
      ...{ basePath: join(folder, 'chain'), nodeKey, rpcPort, dx: 'off', onLog, signal },
      // The books are checked from the first block on.
      extraArguments: ['--state-pruning', 'archive'],
    });
    rpcPort = Number(new URL(running.rpcUrl).port);
    return running;
  });
  const rpcUrl = `ws://127.0.0.1:${rpcPort}`;
  const chain = started.use(await connectChain({ kind: 'websocket', url: rpcUrl, signal }));

  const dx: Actor<DxProcess>[] = [];
  const dxWays: TcpProxy[] = [];
  const servers: string[] = [];
  for (let number = 0; number < options.dxServers; number++) {
    let ports: ReturnType<typeof portsOf> | undefined;
    const bootstrap = dx.flatMap((other) => (other.process === undefined ? [] : [other.process.tcpAddress]));
    const server = await actor(`Dx server ${number + 1}`, number === 0, async (onLog) => {
      const basePath = join(folder, `dx-${number + 1}`);
      const running = await startDx({
        ...{ basePath, chain: rpcUrl, bootstrap, onLog, signal },
        ...(ports === undefined ? {} : { ports }),
      });
      ports = portsOf(running);
      return running;
    });
    const address = server.process?.tcpAddress ?? '';
    const proxy = await way(Number(/\/tcp\/(\d+)/.exec(address)?.[1]), false);
    dx.push(server);
    dxWays.push(proxy);
    servers.push(address.replace(/\/tcp\/\d+/, `/tcp/${proxy.port}`));
  }

  say('registering the model, and giving everybody money');
  const resnet = await readResnet();
  const peer = started.use(await createDxPeer({ servers }));
  const { key } = await peer.upload(resnet.bytes);
  const account = async (secret: string) => chain.account(await accountFromSecret(secret));
  const { description } = resnet;
  const register = { call: 'registerModel', content: key, size: resnet.bytes.length, description, royalty } as const;
  const { events } = await (await account(owner)).submit(register);
  const registered = events.find((event) => event.event === 'modelRegistered');
  if (registered === undefined) throw new Error('The chain reports no model in the registering transaction.');
  const secrets = [
    ...Array.from({ length: options.wingmen }, (_, number) => secretOf('Wingman', number)),
    ...Array.from({ length: options.consumers }, (_, number) => secretOf('Consumer', number)),
  ];
  const gifts = await Promise.all(
    secrets.map(async (secret): Promise<Call> => {
      return { call: 'transfer', to: (await account(secret)).address, amount: endowment };
    }),
  );
  await (await account('//Ferdie')).submit(gifts);

  const toWingmen = await way(rpcPort, true);
  const toConsumers = await way(rpcPort, true);
  const startOne = (number: number) => {
    const config = configOf(number, registered.model, `ws://127.0.0.1:${toWingmen.port}`, servers);
    const basePath = join(folder, `wingman-${number + 1}`);
    const secret = secretOf('Wingman', number);
    return actor(`Wingman ${number + 1}`, number === 0, (onLog) =>
      startWingman({ config, secret, basePath, onLog, signal, timeoutMs: 120_000 }),
    );
  };
  say(`starting ${options.wingmen} Wingmen`);
  const wingmen = await Promise.all(Array.from({ length: options.wingmen }, (_, number) => startOne(number)));
  await Promise.all(runningOf(wingmen).map((wingman) => wingman.ready(readyMs)));
  const inputs = await readImages([], description);

  const running = started.move();
  return {
    ...{ node, dx, wingmen, ways: [toWingmen, toConsumers, ...dxWays], chain, rpcUrl, model: registered.model, inputs },
    async consumer(number) {
      const url = `ws://127.0.0.1:${toConsumers.port}`;
      const own = running.use(await connectChain({ kind: 'websocket', url, signal }));
      const store = openStore(join(folder, `consumer-${number + 1}`), own.genesisHash);
      running.defer(() => store.close());
      const signer = own.account(await accountFromSecret(secretOf('Consumer', number)));
      return {
        chain: chainWithAccount(own, signer),
        dx: running.use(await createDxPeer({ servers })),
        envelopes: createEnvelopes(own.genesisHash),
        store,
        clock: systemClock,
      };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The processes of those that run now. */
export function runningOf(wingmen: readonly Actor<WingmanProcess>[]): readonly WingmanProcess[] {
  return wingmen.flatMap(({ process: running }) => (running === undefined ? [] : [running]));
}

/** Wingmen compete by different strategies, none so low that it never earns. */
function configOf(
  number: number,
  model: number,
  chain: string,
  servers: readonly string[],
): Omit<ConfigText, 'basePath'> {
  const strategies: readonly ConfigText['strategy'][] = [
    { kind: 'undercut', floor: '0.06 AIRO', start: '0.3 AIRO', step: 0.1 },
    { kind: 'fixed', price: '0.1 AIRO' },
    { kind: 'undercut', floor: '0.08 AIRO', start: '0.4 AIRO', step: 0.2 },
  ];
  return {
    profile: { name: `Wingman ${number + 1}` },
    strategy: strategies[number % strategies.length],
    models: [{ model }],
    runner: { kind: 'onnx', sessions: 1 },
    autoInitialize: true,
    chain: { urls: [chain] },
    dx: { bootstrap: [...servers] },
    log: { level: 'info', format: 'json' },
  };
}
