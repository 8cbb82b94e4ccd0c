/** The REST API of a Wingman around an engine whose chain, Dx, models and time a test drives. */
import type { TestContext } from 'node:test';

import type { FastifyInstance } from 'fastify';

import type { Chain } from '../../lib/provider/ports.ts';
import { createWorld, type World } from '../../lib/provider/testing/world.ts';
import type { Profile } from '../../lib/market/types.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { parseConfig } from '../config/load.ts';
import { LiveSettings } from '../config/settings.ts';
import type { Connected, Context } from '../context.ts';
import { Initializer } from '../initialize.ts';
import { SqliteJournal } from '../journal/sqlite.ts';
import { createLog } from '../../scripts/lib/log.ts';
import { Metrics } from '../metrics.ts';
import type { ReadyModel } from '../models/store.ts';
import { createServer } from '../server.ts';

export const token = 'a token that is long enough';

export interface Rest {
  readonly world: World;
  readonly settings: LiveSettings;
  readonly server: FastifyInstance;
  /** Asks with the token, and gives the status and the JSON that was answered. */
  readonly ask: <T = unknown>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) => Promise<Answer<T>>;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

interface RestOptions {
  /** What is configured. By default model 0 is served at the fixed price of 0.000000000500 AIRO. */
  readonly config?: object;
  /** Without a connection there is only the API. */
  readonly isConnected?: boolean;
  readonly account?: string;
  /** What the chain answers differently. */
  readonly chain?: Partial<Chain>;
  /** Models that are ready beside the engine's. */
  readonly ready?: readonly ReadyModel[];
}

const profile = (name: string): Profile => ({
  name,
  key: { scheme: 0, material: { inline: `0x${'22'.repeat(32)}` } },
  peer: 'peer',
  peerProof: '0x00',
  kind: 'server',
});

/** Makes all of it, and stops it with the test. */
export async function startRest(t: TestContext, options: RestOptions = {}): Promise<Rest> {
  const { isConnected = true, account = 'alice' } = options;
  const defaults = { models: [{ model: 0 }], strategy: { kind: 'fixed', price: '0.000000000500 AIRO' } };
  const loaded = parseConfig(JSON.stringify({ ...defaults, ...options.config }), 'test.json');
  const log = createLog({ level: 'error', format: 'json' });
  const journal = new SqliteJournal(':memory:');
  afterwards(t, () => journal.close());
  const settings = await LiveSettings.open(loaded, journal, () => undefined);
  const world = createWorld();
  let connected: Connected | null = null;
  if (isConnected) {
    const ports = { journal, chain: { ...world.market.chain(account), ...options.chain } };
    const stops: (() => unknown)[] = [];
    const engine = world.start({ after: (undo) => stops.push(undo) }, settings.forEngine(), account, ports);
    for (const stop of stops) afterwards(t, stop);
    settings.onChange(() => engine.update(settings.forEngine()));
    connected = {
      engine,
      profile,
      chain: ports.chain,
      dx: { peerId: 'peer', addresses: () => ['/ip4/127.0.0.1/tcp/1'], peers: () => ['other'] },
    };
  }
  const context: Context = {
    loaded,
    settings,
    journal,
    models: { about: () => 'scripted', ready: () => [...(options.ready ?? [])] },
    signer: account,
    provider: account,
    connected: () => connected,
    waitingFor: () => 'the chain is not there',
    startedAt: 1_000,
  };
  const metrics = new Metrics(context);
  connected?.engine.on((event) => metrics.watch(event));
  const server = await createServer({ context, initializer: new Initializer(context, log), metrics, token, log });
  afterwards(t, () => server.close());
  return {
    world,
    settings,
    server,
    ask: async <T>(method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await server.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      return { status: response.statusCode, body: response.json<T>() };
    },
  };
}
