/** Metrics for Prometheus. Names begin with `wingman_`; amounts are in AIRO, times in seconds. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { DECIMALS } from '../lib/market/amounts.ts';
import type { Execution, ExecutionStage } from '../lib/provider/ports.ts';
import type { EngineEvent } from '../lib/provider/types.ts';
import type { Connected, Context } from './context.ts';
import { within } from '../scripts/lib/wait.ts';

/** The stages through which an execution goes when all is well, in order. */
const path: readonly ExecutionStage[] = ['seen', 'downloaded', 'executed', 'uploaded', 'answered'];

/** A chain that is not reached must not keep the other metrics waiting. */
const balanceMs = 2_000;

/** From a quick local step to the longest deadline, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export class Metrics {
  readonly #registry = new Registry();
  readonly #context: Context;
  readonly #decisions = this.#counter('decisions_total', 'Decisions about orders, by what was decided and by rule.', [
    'action',
    'rule',
  ]);
  readonly #transactions = this.#counter('bid_transactions_total', 'Bids placed or improved, by what became of them.', [
    'result',
  ]);
  readonly #agreements = this.#counter('agreements_total', 'Agreements opened and ended.', ['event']);
  readonly #executions = this.#counter('executions_total', 'Requests that were answered, failed or missed.', [
    'outcome',
    'failure',
  ]);
  readonly #troubles = this.#counter(
    'troubles_total',
    'Things that went wrong and are tried again, by what was done.',
    ['where'],
  );
  readonly #stages = new Histogram({
    name: 'wingman_execution_stage_seconds',
    help: 'The time from the stage before to this one.',
    labelNames: ['stage'],
    buckets,
    registers: [this.#registry],
  });
  readonly #whole = new Histogram({
    name: 'wingman_execution_seconds',
    help: 'The time from seeing a request until its answer is on the chain.',
    buckets,
    registers: [this.#registry],
  });
  #headSeen: { readonly best: number; readonly finalized: number } | undefined;
  #heads = { best: 0, finalized: 0 };

  constructor(context: Context) {
    this.#context = context;
    collectDefaultMetrics({ register: this.#registry, prefix: 'wingman_' });
    const connected = () => context.connected();
    const status = () => connected()?.engine.status();
    this.#gauge('chain_connected', 'Whether the last look at the chain succeeded.', () =>
      status()?.connected === true ? 1 : 0,
    );
    this.#gauge('open_bids', 'Open bids.', () => status()?.openBids ?? 0);
    this.#gauge('open_agreements', 'Open agreements.', () => status()?.openAgreements ?? 0);
    this.#gauge('requests_in_flight', 'Requests that wait for an answer or could still come.', () => {
      return status()?.inFlight ?? 0;
    });
    this.#gauge('requests_capacity', 'The most requests in flight.', () => status()?.capacity ?? 0);
    this.#gauge('models_ready', 'Models that are ready.', () => {
      return status()?.models.filter(({ state }) => state === 'ready').length ?? 0;
    });
    this.#gauge('dx_peers', 'Dx peers that are connected.', () => connected()?.dx.peers().length ?? 0);
    this.#gauge('paused', 'Whether it places no new bids.', () => (context.settings.current().paused ? 1 : 0));
    this.#headAges();
    this.#balances();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Counts what happens in the engine. */
  watch(event: EngineEvent): void {
    switch (event.event) {
      case 'heads': {
        const { best, finalized } = event.heads;
        const now = Date.now();
        this.#headSeen = {
          best: this.#heads.best === best.number ? (this.#headSeen?.best ?? now) : now,
          finalized: this.#heads.finalized === finalized.number ? (this.#headSeen?.finalized ?? now) : now,
        };
        this.#heads = { best: best.number, finalized: finalized.number };
        break;
      }
      case 'decided': {
        const { action, rule, result } = event.decision;
        if (result === null || result === 'pending') this.#decisions.inc({ action, rule });
        else this.#transactions.inc({ result });
        break;
      }
      case 'agreementOpened':
        this.#agreements.inc({ event: 'opened' });
        break;
      case 'agreementEnded':
        this.#agreements.inc({ event: 'ended' });
        break;
      case 'execution':
        this.#execution(event.execution);
        break;
      case 'trouble':
        this.#troubles.inc({ where: event.where });
        break;
      case 'modelReady':
      case 'modelFailed':
    }
  }

  #execution({ stage, times, failure }: Execution): void {
    const previous = path[path.indexOf(stage) - 1];
    const [from, to] = [previous === undefined ? undefined : times[previous], times[stage]];
    if (from !== undefined && to !== undefined) this.#stages.observe({ stage }, (to - from) / 1000);
    if (stage === 'answered' && times.seen !== undefined && to !== undefined) {
      this.#whole.observe((to - times.seen) / 1000);
    }
    if (stage === 'answered' || stage === 'failed' || stage === 'missed') {
      this.#executions.inc({ outcome: stage, failure: failure ?? '' });
    }
  }

  #headAges(): void {
    const gauge = new Gauge({
      name: 'wingman_chain_head_age_seconds',
      help: 'How long ago the newest best and finalized blocks were seen.',
      labelNames: ['head'],
      registers: [this.#registry],
      collect: () => {
        if (this.#headSeen === undefined) return;
        gauge.set({ head: 'best' }, (Date.now() - this.#headSeen.best) / 1000);
        gauge.set({ head: 'finalized' }, (Date.now() - this.#headSeen.finalized) / 1000);
      },
    });
    const numbers = new Gauge({
      name: 'wingman_chain_block',
      help: 'The numbers of the newest best and finalized blocks.',
      labelNames: ['head'],
      registers: [this.#registry],
      collect: () => {
        numbers.set({ head: 'best' }, this.#heads.best);
        numbers.set({ head: 'finalized' }, this.#heads.finalized);
      },
    });
  }

  #balances(): void {
    const gauge = new Gauge({
      name: 'wingman_balance_airo',
      help: "The accounts' money, by account and by what it is on hold for.",
      labelNames: ['account', 'kind'],
      registers: [this.#registry],
      collect: async () => {
        const connected = this.#context.connected();
        if (connected === null) return;
        gauge.reset();
        const { provider, signer } = this.#context;
        await this.#balanceOf(gauge, connected, 'provider', provider);
        if (signer !== provider) await this.#balanceOf(gauge, connected, 'signer', signer);
      },
    });
  }

  /** A chain that is not reached leaves a gap; the other metrics must not suffer from it. */
  async #balanceOf(
    gauge: Gauge<'account' | 'kind'>,
    { chain }: Connected,
    account: string,
    address: string,
  ): Promise<void> {
    try {
      const { free, held } = await within(chain.balance(address), { what: 'the balance', timeoutMs: balanceMs });
      gauge.set({ account, kind: 'free' }, inAiro(free));
      for (const { reason, amount } of held) gauge.set({ account, kind: reason }, inAiro(amount));
    } catch {
      gauge.remove({ account, kind: 'free' });
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `wingman_${name}`, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `wingman_${name}`,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(value()),
    });
  }
}

/** For a chart; exact amounts are in the REST API. */
const inAiro = (amount: bigint): number => Number(amount) / 10 ** DECIMALS;
