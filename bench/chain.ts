/** How many answers per second a development chain settles, and what stops it from settling more. */
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

import { ApiPromise, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';

import { startNode } from '../scripts/chain/node.ts';
import { call, derivedAccount, developmentAccount, send } from '../test/support/api.ts';
import {
  AIRO,
  contentId,
  placeOrder,
  registerModel,
  registerProvider,
  request,
  respond,
} from '../test/support/market.ts';
import type { Benchmark, Measured } from './measure.ts';
import { processorSeconds } from './processor.ts';

const providers = 32;
const inFlight = 1024;
const requestBatch = 256;
const answerBatch = 128;
const measuredSeconds = 60;
/** Enough requests for this many answers per second over the whole time. */
const prepareFor = 24_000;

type Transaction = SubmittableExtrinsic<'promise'>;

interface Block {
  readonly number: number;
  readonly timestampMs: number;
  readonly answers: number;
  /** Its length, as a part of what transactions may take of a block. */
  readonly length: number;
  /** Its weight, likewise. */
  readonly weight: number;
}

export const chainThroughput: Benchmark = {
  about: `answers settled per second, in batches of ${answerBatch}, over ${measuredSeconds} s on a development node`,
  runs: 1,
  run: async (runs, say) => {
    const rates: number[] = [];
    const fullness = { weight: [] as number[], length: [] as number[] };
    const perBlock: number[] = [];
    let processor = 0;
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const measurement = await measure(say);
      const { blocks } = measurement;
      processor = measurement.processor;
      const [first, end] = [blocks[0], blocks.at(-1)];
      if (first === undefined || end === undefined || first === end) throw new Error('No block settled an answer.');
      perBlock.push(...blocks.map(({ answers }) => answers));
      // The first block's answers came in before the time that is counted.
      const counted = blocks.slice(1).reduce((sum, { answers }) => sum + answers, 0);
      rates.push(counted / ((end.timestampMs - first.timestampMs) / 1000));
      fullness.weight.push(...blocks.map(({ weight }) => weight * 100));
      fullness.length.push(...blocks.map(({ length }) => length * 100));
    }
    const measured: Measured[] = [
      { quantity: 'answers settled per second', unit: '1/s', values: rates },
      { quantity: 'answers settled per block', unit: '1', values: perBlock },
      { quantity: 'weight of a block, of what is allowed', unit: '%', values: fullness.weight },
      { quantity: 'length of a block, of what is allowed', unit: '%', values: fullness.length },
    ];
    return { measured, remarks: [limitHit(fullness, processor)] };
  },
};

/** Which limit the chain ran into: a block that is nearly full of one resource has hit that one. */
function limitHit({ weight, length }: { weight: number[]; length: number[] }, processor: number): string {
  const share = (values: number[]) => values.filter((value) => value > 90).length / values.length;
  const full = share(weight) > 0.5 ? 'the weight' : share(length) > 0.5 ? 'the length' : undefined;
  const used = `The node used ${processor.toFixed(2)} of ${cpus().length} cores meanwhile.`;
  return full === undefined
    ? `The limit hit: the time that the author has for a block, since neither weight nor length were full. ${used}`
    : `The limit hit: ${full} that a block may have. ${used}`;
}

async function measure(say: (line: string) => void): Promise<{ blocks: Block[]; processor: number }> {
  await using node = await startNode({
    extraArguments: [
      '--pool-limit',
      '60000',
      '--pool-kbytes',
      '600000',
      '--rpc-max-subscriptions-per-connection',
      '10000',
      '--rpc-max-request-size',
      '100',
    ],
  });
  const api = await ApiPromise.create({ provider: new WsProvider(node.rpcUrl), noInitWarn: true });
  try {
    const agreements = Math.ceil((prepareFor * measuredSeconds) / inFlight / providers) * providers;
    say(`preparing ${agreements} agreements with ${inFlight} requests each`);
    const accounts = await prepare(api, agreements);
    say('signing the answers');
    const transactions = await answers(api, accounts, agreements);
    const chain = await currentBlock(api);
    const began = { processor: await processorSeconds(node.pid), at: performance.now() };
    say(`sending ${transactions.length} transactions`);
    const sending = sendAll(node.rpcUrl, transactions);
    await Promise.all([sending, delay((measuredSeconds + 4) * 1000)]);
    const elapsed = (performance.now() - began.at) / 1000;
    const processor = ((await processorSeconds(node.pid)) - began.processor) / elapsed;
    say('reading the blocks');
    return { blocks: await settled(api, node.rpcUrl, chain), processor };
  } finally {
    await api.disconnect();
  }
}

/** Registers what is needed: a model, providers, agreements, requests. Returns the providers by agreement. */
async function prepare(api: ApiPromise, agreements: number): Promise<KeyringPair[]> {
  const [owner, consumer] = [developmentAccount('alice'), developmentAccount('bob')];
  const accounts = Array.from({ length: providers }, (_, i) => derivedAccount(`provider/${i}`));
  await inOrder(api, owner, [
    registerModel(api, contentId('benchmark'), AIRO / 1000n),
    ...accounts.map(({ address }) => call(api, 'balances.transferKeepAlive', address, 2_000n * AIRO)),
  ]);
  await Promise.all(
    accounts.map((who) =>
      inOrder(api, who, [registerProvider(api, who, 1_000n * AIRO), call(api, 'marketplace.announce', 0, 0, 45_000)]),
    ),
  );
  const orders = agreements / providers;
  const order = { inferences: inFlight, maxInFlight: inFlight, maxPrice: AIRO / 100n, providers, model: 0 };
  const terms = { ...order, biddingPeriod: 1_000, responseDeadline: 100_000, lifetime: 200_000 };
  await inOrder(
    api,
    consumer,
    Array.from({ length: orders }, () => placeOrder(api, terms)),
  );
  const all = Array.from({ length: orders }, (_, id) => id);
  // Signing changes a transaction, so each account has its own.
  const bids = () => all.map((id) => call(api, 'marketplace.placeBid', id, AIRO / 100n));
  await Promise.all(accounts.map((who) => inOrder(api, who, bids())));
  await inOrder(
    api,
    consumer,
    all.map((id) =>
      call(
        api,
        'marketplace.acceptBids',
        id,
        accounts.map(({ address }) => address),
      ),
    ),
  );
  const batch = Array.from({ length: requestBatch }, (_, i) => `payload ${i}`);
  await inOrder(
    api,
    consumer,
    Array.from({ length: (agreements * inFlight) / requestBatch }, (_, i) => {
      const perAgreement = inFlight / requestBatch;
      return request(api, Math.floor(i / perAgreement), (i % perAgreement) * requestBatch, batch);
    }),
  );
  const byAgreement = await Promise.all(
    Array.from({ length: agreements }, async (_, id) => {
      const agreement = await api.query.execution?.agreements?.(id);
      return (agreement?.toJSON() as { provider: string }).provider;
    }),
  );
  const byAddress = new Map(accounts.map((who) => [who.address, who]));
  return byAgreement.map((address) => {
    const who = byAddress.get(address);
    if (who === undefined) throw new Error(`An agreement with ${address}, who did not bid.`);
    return who;
  });
}

/** Sends transactions of one account in their order and waits until they are in a block. */
async function inOrder(api: ApiPromise, who: KeyringPair, transactions: readonly Transaction[]): Promise<void> {
  const window = 200;
  for (let from = 0; from < transactions.length; from += window) {
    const some = transactions.slice(from, from + window);
    const nonce = (await api.rpc.system.accountNextIndex(who.address)).toNumber();
    await Promise.all(some.map((transaction, i) => send(transaction, who, 'inBlock', nonce + i)));
  }
}

/** Signs all answers beforehand, so that signing does not compete with the node. Agreement by agreement in turn. */
async function answers(api: ApiPromise, accounts: readonly KeyringPair[], agreements: number): Promise<string[]> {
  const nonces = new Map<string, number>();
  const signed: string[] = [];
  for (let first = 0; first < inFlight; first += answerBatch) {
    for (let id = 0; id < agreements; id++) {
      const who = accounts[id];
      if (who === undefined) continue;
      const nonce = nonces.get(who.address) ?? (await api.rpc.system.accountNextIndex(who.address)).toNumber();
      nonces.set(who.address, nonce + 1);
      const transaction = respond(api, id, first, answerBatch);
      signed.push((await transaction.signAsync(who, { nonce, era: 0 })).toHex());
    }
  }
  return signed;
}

/** Hands all transactions to the node, a bounded number at a time. */
async function sendAll(rpcUrl: string, transactions: readonly string[]): Promise<void> {
  const provider = new WsProvider(rpcUrl);
  await provider.isReady;
  try {
    const atOnce = 64;
    for (let from = 0; from < transactions.length; from += atOnce) {
      const some = transactions.slice(from, from + atOnce);
      await Promise.all(some.map((transaction) => provider.send('author_submitExtrinsic', [transaction])));
    }
  } finally {
    await provider.disconnect();
  }
}

async function currentBlock(api: ApiPromise): Promise<number> {
  return (await api.rpc.chain.getHeader()).number.toNumber();
}

/**
 * The blocks that settled answers, for the time of the measurement. Read afterwards, so that reading does not compete
 * with the node.
 */
async function settled(api: ApiPromise, rpcUrl: string, after: number): Promise<Block[]> {
  const provider = new WsProvider(rpcUrl);
  await provider.isReady;
  try {
    const { perClass } = api.consts.system?.blockWeights?.toJSON() as {
      perClass: { normal: { maxTotal: { refTime: number } } };
    };
    const { max } = api.consts.system?.blockLength?.toJSON() as { max: { normal: number } };
    const best = await currentBlock(api);
    const blocks: Block[] = [];
    let before = await delivered(api, after);
    for (let number = after + 1; number <= best; number++) {
      const hash = await api.rpc.chain.getBlockHash(number);
      const at = await api.at(hash);
      const all = await delivered(api, number);
      const { block } = await provider.send<{ block: { extrinsics: string[] } }>('chain_getBlock', [hash.toHex()]);
      const weight = (await at.query.system?.blockWeight?.())?.toJSON() as { normal: { refTime: number } };
      const timestampMs = Number(await at.query.timestamp?.now?.());
      blocks.push({
        number,
        timestampMs,
        answers: all - before,
        length: block.extrinsics.reduce((sum, { length }) => sum + length / 2 - 1, 0) / max.normal,
        weight: weight.normal.refTime / perClass.normal.maxTotal.refTime,
      });
      before = all;
    }
    const working = blocks.filter(({ answers }) => answers > 0);
    const [first] = working;
    return working.filter(({ timestampMs }) => timestampMs <= (first?.timestampMs ?? 0) + measuredSeconds * 1000);
  } finally {
    await provider.disconnect();
  }
}

/** How many inferences the market has delivered up to a block. */
async function delivered(api: ApiPromise, number: number): Promise<number> {
  const at = await api.at(await api.rpc.chain.getBlockHash(number));
  const periods = (await at.call.executionApi?.periods?.('Market'))?.toJSON() as { delivered: number }[];
  return periods.reduce((sum, period) => sum + period.delivered, 0);
}
