/** A consumer that buys and sends all the time, and takes up again what was broken off. */
import { setTimeout as delay } from 'node:timers/promises';

import {
  acceptBids,
  allAgreements,
  allOrders,
  bestBids,
  infer,
  placeOrder,
  resume,
  watchOrder,
  type InferenceResult,
  type Input,
  type Ports,
} from '../../lib/consumer/index.ts';
import { classify } from '../../lib/inference/classify.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Agreement, FailureCode, Order } from '../../lib/market/types.ts';
import { waitFor } from '../lib/wait.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';

export interface ConsumerOptions {
  readonly name: string;
  readonly ports: Ports;
  readonly model: number;
  /** Pictures of digits, whose names begin with the digit that they show. */
  readonly inputs: readonly Input[];
  readonly random: Random;
  readonly tally: Tally;
}

/** Much longer than any agreement of a soak lasts. */
const stuckMs = 8 * 60_000;
/** How long the market may take to be whole again when nothing breaks any more. */
const restMs = 4 * 60_000;
/** What a provider says of payloads that were not made right. One that it could not fetch is Dx's failure. */
const neverRight: readonly FailureCode[] = ['PayloadCorrupt', 'CannotDecrypt', 'InvalidRequest', 'InvalidTensor'];

export class Consumer {
  readonly #options: ConsumerOptions;
  #purchase: AbortController | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** Breaks off what is being bought, as a crash would: what is written down is all that is left. */
  interrupt(): void {
    this.#purchase?.abort(new Interrupted());
  }

  /** Buys until `ending` aborts, then finishes what was begun. */
  async run(ending: AbortSignal, signal: AbortSignal): Promise<void> {
    const { tally, name } = this.#options;
    while (!ending.aborted) {
      const own = new AbortController();
      this.#purchase = own;
      const limit = AbortSignal.timeout(stuckMs);
      try {
        await this.#buy(AbortSignal.any([signal, own.signal, limit]));
      } catch (error) {
        signal.throwIfAborted();
        if (own.signal.aborted) tally.interruptions += 1;
        else tally.trouble(error);
        if (limit.aborted) tally.findings.push(`${name}: a purchase was not over after ${stuckMs / 60_000} minutes`);
      }
      await this.#takeUp(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        tally.trouble(error);
      });
    }
    await this.#finish(signal);
  }

  /** From an order to the end of its agreements. */
  async #buy(signal: AbortSignal): Promise<void> {
    const { ports, model, inputs, random, tally } = this.#options;
    const wish = {
      model,
      inferences: random.between(1, 12),
      maxPrice: AIRO / 2n,
      biddingPeriod: random.between(3, 6),
      acceptancePeriod: 30,
      responseDeadline: random.between(8, 30),
      lifetime: 120,
      providers: random.next() < 0.2 ? 2 : 1,
    };
    const first = random.between(0, inputs.length - 1);
    const mine = Array.from({ length: wish.inferences }, (_, i) => inputs[(first + i) % inputs.length]).filter(
      (input) => input !== undefined,
    );
    const placed = await placeOrder(ports, wish, { signal });
    tally.orders += 1;
    const order = await this.#afterBidding(placed.order, signal);
    const bids = order === undefined ? [] : await bestBids(ports.chain, order, wish.providers);
    if (bids.length === 0) {
      tally.withoutBids += 1;
      return;
    }
    const providers = bids.map(({ provider }) => provider);
    const { agreements } = await acceptBids(ports.chain, placed.order, providers, { signal });
    tally.agreements += agreements.length;
    await Promise.all(agreements.map((agreement) => this.#gather(infer(ports, agreement.id, mine, { signal }))));
  }

  async #afterBidding(id: number, signal: AbortSignal): Promise<Order | undefined> {
    for await (const { order, phase } of watchOrder(this.#options.ports.chain, id, signal)) {
      if (phase !== 'bidding') return order;
    }
    return undefined;
  }

  /** Cancels what is open without an agreement, collects what is to come, and ends what is not needed any more. */
  async #takeUp(signal: AbortSignal): Promise<void> {
    const { ports } = this.#options;
    const { account } = ports.chain;
    for (const order of (await allOrders(ports.chain)).filter(({ consumer }) => consumer === account.address)) {
      await account.submit({ call: 'cancelOrder', order: order.id }, { signal });
    }
    for (const agreement of await this.#open()) {
      await this.#gather(resume(ports, agreement.id, { signal }));
      // The last answer may have ended it meanwhile.
      const now = await ports.chain.agreement(agreement.id);
      if (now?.state.kind === 'active') {
        await account.submit({ call: 'endAgreement', agreement: agreement.id }, { signal });
      }
    }
  }

  async #open(): Promise<readonly Agreement[]> {
    const { chain } = this.#options.ports;
    return (await allAgreements(chain, chain.account.address)).filter(({ state }) => state.kind === 'active');
  }

  /** When nothing breaks any more: nothing stays open, and what was paid for is fetched. */
  async #finish(signal: AbortSignal): Promise<void> {
    const { ports, tally, name } = this.#options;
    await waitFor(
      async () => {
        try {
          await this.#takeUp(signal);
          return (await this.#open()).length === 0;
        } catch (error) {
          signal.throwIfAborted();
          tally.trouble(error);
          await delay(1_000, undefined, { signal });
          return false;
        }
      },
      { what: `${name} to have nothing open`, timeoutMs: restMs, everyMs: 500, signal },
    );
    for (const { id } of await allAgreements(ports.chain, ports.chain.account.address)) {
      for await (const result of resume(ports, id, { signal, transferTimeoutMs: 20_000 })) {
        this.#look(result);
        if (result.state === 'resultMissing') {
          tally.findings.push(`${name}: the result of request ${result.index} of agreement ${id} is paid, and nowhere`);
        }
      }
    }
  }

  async #gather(results: AsyncIterable<InferenceResult>): Promise<void> {
    for await (const result of results) this.#look(result);
  }

  #look(result: InferenceResult): void {
    const { tally, name } = this.#options;
    tally.result(result);
    if (result.state === 'resultCorrupt') tally.findings.push(`${name}: ${result.explanation}`);
    if (result.state === 'failed' && neverRight.includes(result.code)) {
      tally.findings.push(`${name}: ${result.code} for ${result.label}: ${result.explanation}`);
    }
    if (result.state !== 'answered') return;
    const [logits] = result.response.outputs;
    const digit = logits === undefined ? undefined : classify(logits, 1)[0]?.index;
    if (`${digit}` !== result.label[0]) tally.findings.push(`${name}: ${result.label} was taken for ${digit}`);
  }
}

/** What a consumer was told to stop with. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
