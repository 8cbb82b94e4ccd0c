/** Where the story plays: a market without models or providers, the Cockpit, and people with money. */
import { ApiPromise, WsProvider } from '@polkadot/api';

import { selfSignedCertificate } from '../../e2e/support/certificate.ts';
import { fundedAccounts } from '../../e2e/support/market.ts';
import { reachedByWebRtc, startCockpit } from '../demo/cockpit.ts';
import { startMarketplace, type Marketplace } from '../demo/marketplace.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { invite, type Person } from './person.ts';

export interface Stage {
  readonly market: Marketplace;
  /** A connection to the chain that no page uses: for the wallets and for checking what happened. */
  readonly api: ApiPromise;
  readonly people: People;
  /** Ends everything: browsers, Cockpit, market. */
  readonly close: () => Promise<void>;
}

export interface People {
  readonly owner: Person;
  readonly tab: Person;
  readonly consumer: Person;
  readonly buyer: Person;
}

export interface StageOptions {
  /** For files that go with the script. */
  readonly folder: string;
  readonly executablePath: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What everybody begins with, in AIRO: enough for the stake of a provider. */
const purse = 500;

/** Starts everything. It stops with the script. */
export async function setStage({ folder, executablePath, say, signal }: StageOptions): Promise<Stage> {
  say('starting a chain and Dx, and serving the Cockpit');
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    unregister();
    for (const end of closing.splice(0).reverse()) await end();
  };
  const unregister = onShutdown(close);
  const market = await startMarketplace({ nodeInDx: true, signal });
  closing.push(() => market.close());
  const tls = await selfSignedCertificate(folder);
  const app = await startCockpit(reachedByWebRtc(market), folder, { tls, onLine: say, signal });
  closing.push(() => app.stop());
  const api = await ApiPromise.create({ provider: new WsProvider(market.node.rpcUrl), noInitWarn: true });
  // It would complain if the node went first, which a signal also ends by itself.
  onShutdown(() => api.disconnect());
  closing.push(() => api.disconnect());
  const [olivia, tara, carl, bianca] = await fundedAccounts(api, purse, 'Olivia', 'Tara', 'Carl', 'Bianca');
  signal.throwIfAborted();

  say('opening four browsers');
  const open = { origin: app.url, api, executablePath };
  const [owner, tab, consumer, buyer] = await Promise.all([
    invite({ ...open, name: 'Olivia', role: "the model's owner", pair: olivia }),
    invite({ ...open, name: 'Tara', role: 'a provider in a browser tab', pair: tara }),
    invite({ ...open, name: 'Carl', role: 'the consumer', pair: carl }),
    invite({ ...open, name: 'Bianca', role: 'who buys the model', pair: bianca }),
  ]);
  const people = { owner, tab, consumer, buyer };
  closing.push(() => Promise.all(Object.values(people).map(({ leave }) => leave())));
  return { market, api, people, close };
}
