/** A whole market for a test: chain, Dx, Wingmen and consumers, all real, stopped with the test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { afterwards } from './cleanup.ts';
import type {} from './nodes.ts';
import {
  acceptBids,
  infer,
  placeOrder,
  watchOrder,
  type InferenceResult,
  type Input,
  type Ports,
  type Wish,
} from '../../lib/consumer/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Agreement, Order } from '../../lib/market/types.ts';
import {
  readResnet,
  startMarketplace,
  type Marketplace,
  type MarketplaceOptions,
  type ModelFile,
} from '../../scripts/demo/marketplace.ts';
import { readImages } from '../../scripts/demo/purchase.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import type { StartWingmanOptions, WingmanProcess } from '../../wingman/start.ts';

/** A market with the ResNet registered as model 0 by Charlie, and Bob as consumer. */
export interface TestMarket {
  readonly market: Marketplace;
  readonly consumer: Ports;
  readonly resnet: ModelFile;
  /** Ten held-out images, a digit each. */
  readonly images: readonly Input[];
  /** Starts a Wingman that serves model 0, and waits until it is ready. */
  readonly wingman: (options: StartWingmanOptions) => Promise<WingmanProcess>;
  /** Orders model 0 and waits until `bidders` have bid. */
  readonly order: (wish: Partial<Wish>, bidders: number) => Promise<Order>;
  /** Orders model 0, and accepts the best bid once `bidders` have bid. */
  readonly agree: (wish: Partial<Wish>, bidders?: number) => Promise<Agreement>;
}

export const royalty = AIRO / 100n;

/** The strategy that always asks the same, such as `0.1 AIRO`. */
export const fixed = (price: string) => ({ kind: 'fixed', price }) as const;

export async function startTestMarket(t: TestContext, options: MarketplaceOptions = {}): Promise<TestMarket> {
  const market = await startMarketplace({ ...options, signal: t.signal });
  afterwards(t, async () => {
    if (!t.passed) {
      t.diagnostic(`The last lines of the node:\n${market.node.log()}`);
      for (const server of market.dx) t.diagnostic(`The last lines of a Dx server:\n${server.log()}`);
    }
    await market.close();
  });
  const resnet = await readResnet();
  const owner = await market.account('//Charlie');
  const consumer = await market.consumer('//Bob', await temporaryFolder(t));
  await market.registerModel(owner, resnet, royalty);
  const images = await readImages([], resnet.description);

  const order = async (wish: Partial<Wish>, bidders: number) => {
    const complete = { model: 0, inferences: images.length, maxPrice: AIRO / 2n, biddingPeriod: 60, ...wish };
    const placed = await placeOrder(consumer, complete, { signal: t.signal });
    for await (const { order: seen } of watchOrder(consumer.chain, placed.order, t.signal)) {
      if (seen.bids.length >= bidders) return seen;
    }
    throw new Error(`Order ${placed.order} is gone before ${bidders} have bid.`);
  };
  return {
    market,
    consumer,
    resnet,
    images,
    async wingman(given) {
      const wingman = await market.wingman({ ...given, config: { models: [{ model: 0 }], ...given.config } });
      afterwards(t, () => {
        if (!t.passed) t.diagnostic(`The last lines of the Wingman ${wingman.url}:\n${wingman.log()}`);
      });
      await wingman.ready();
      return wingman;
    },
    order,
    async agree(wish, bidders = 1) {
      const { id, bids } = await order(wish, bidders);
      const [best] = bids;
      const { agreements } = await acceptBids(consumer.chain, id, best === undefined ? [] : [best.provider]);
      const [agreement] = agreements;
      if (agreement === undefined) throw new Error('There is no agreement.');
      return agreement;
    },
  };
}

/** Infers on all inputs; the results are in the order of the inputs. */
export async function inferAll(
  t: TestContext,
  consumer: Ports,
  agreement: number,
  inputs: readonly Input[],
): Promise<readonly InferenceResult[]> {
  const results: InferenceResult[] = [];
  for await (const result of infer(consumer, agreement, inputs, { signal: t.signal })) results.push(result);
  return results.sort((a, b) => (a.input ?? 0) - (b.input ?? 0));
}

/** The agreement as the chain has it now. */
export async function agreementNow(consumer: Ports, id: number): Promise<Agreement> {
  const agreement = await consumer.chain.agreement(id);
  if (agreement === null) throw new Error(`There is no agreement ${id}.`);
  return agreement;
}

/** Everything that an account has, spendable or on hold. */
export async function wealth(consumer: Ports, address: string): Promise<bigint> {
  const { free, held } = await consumer.chain.balance(address);
  return held.reduce((sum, { amount }) => sum + amount, free);
}

/** Waits until as many requests as said have reached a stage in a Wingman. */
export async function executionsAt(
  t: TestContext,
  wingman: WingmanProcess,
  stage: string,
  count: number,
): Promise<void> {
  await waitFor(
    async () => {
      const { executions } = await wingman.api<{ executions: { stage: string }[] }>(
        'GET',
        `/v1/executions?stage=${stage}`,
      );
      return executions.length >= count;
    },
    { what: `${count} requests to be ${stage}`, timeoutMs: 60_000, everyMs: 100, signal: t.signal },
  );
}

/** A folder that goes when the test is over. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-test-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
