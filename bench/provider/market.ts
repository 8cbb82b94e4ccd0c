/** A market with one Wingman, and one model that it serves. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { acceptBids, placeOrder, watchOrder, type Ports } from '../../lib/consumer/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Agreement, Order } from '../../lib/market/types.ts';
import { startMarketplace, type Marketplace } from '../../scripts/demo/marketplace.ts';
import type { WingmanProcess } from '../../wingman/start.ts';
import type { Subject } from './subject.ts';

export interface ProviderMarket extends AsyncDisposable {
  readonly market: Marketplace;
  readonly wingman: WingmanProcess;
  readonly consumer: Ports;
  readonly model: number;
}

/** One inference costs so little that a well-known account can pay for all. */
const price = '0.001 AIRO';
const maxPrice = AIRO / 1000n;
const royalty = AIRO / 10_000n;
/** In blocks: time enough for everything that can be in flight, also on a slow machine. */
const responseDeadline = 900;
/** In blocks. */
const biddingPeriod = 5;
/** The Dx server takes all payloads before a transaction refers to them: in MiB. */
const strangerMiB = 4096;

/** Starts the chain, a Dx server, a consumer and a Wingman with its usual settings, and waits until that is ready. */
export async function startProviderMarket(
  { bytes, description }: Subject,
  env: Readonly<Record<string, string>> = {},
): Promise<ProviderMarket> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'airo-bench-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const market = started.use(await startMarketplace({ dxArguments: ['--stranger-mb', String(strangerMiB)] }));
  const { id: model } = await market.registerModel(await market.account('//Charlie'), { bytes, description }, royalty);
  const consumer = await market.consumer('//Bob', folder);
  const wingman = await market.wingman({
    secret: '//Dave',
    env,
    config: {
      models: [{ model }],
      strategy: { kind: 'fixed', price },
      // The bench promises itself that it has time; what is measured is the work.
      capacity: { maxInFlight: 1_000_000, utilization: 4 },
    },
  });
  await wingman.ready(300_000);
  const running = started.move();
  return { market, wingman, consumer, model, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Orders so many agreements with so many inferences each, waits for the Wingman's bids and accepts them. */
export async function agree(
  { consumer, model }: ProviderMarket,
  agreements: number,
  inferences: number,
): Promise<readonly Agreement[]> {
  const wish = { model, inferences, maxPrice, maxInFlight: inferences, responseDeadline, biddingPeriod };
  const orders = await Promise.all(Array.from({ length: agreements }, () => placeOrder(consumer, wish)));
  const opened = await Promise.all(
    orders.map(async ({ order: id }) => {
      const { bids } = await bidsFor(consumer, id);
      const [bid] = bids;
      if (bid === undefined) throw new Error(`The Wingman did not bid on order ${id}.`);
      return (await acceptBids(consumer.chain, id, [bid.provider])).agreements;
    }),
  );
  const found = opened.flat();
  if (found.length !== agreements) throw new Error(`${agreements} agreements were to open, and ${found.length} did.`);
  return found;
}

async function bidsFor({ chain }: Ports, id: number): Promise<Order> {
  const stop = new AbortController();
  try {
    for await (const { order, phase } of watchOrder(chain, id, stop.signal)) {
      if (order.bids.length > 0 || phase !== 'bidding') return order;
    }
  } finally {
    stop.abort();
  }
  throw new Error(`Order ${id} is gone.`);
}
