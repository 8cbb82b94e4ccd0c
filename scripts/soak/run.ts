/** Hard use: a market in which people trade all the time while its parts break all the time. */
import { setTimeout as delay } from 'node:timers/promises';

import { audit, type Audit } from './audit.ts';
import { Consumer } from './consumer.ts';
import { injectFailures, type FailureKind } from './failures.ts';
import { runningOf, startSoakMarket } from './market.ts';
import { MemoryWatch, type MemoryUse } from './memory.ts';
import { Random } from './random.ts';
import { count, Tally } from './tally.ts';

export interface SoakOptions {
  /** How long things break, in milliseconds; starting before and finishing after that take their own time. */
  readonly durationMs: number;
  readonly wingmen: number;
  readonly consumers: number;
  readonly dxServers: number;
  readonly seed: number;
  /** The time between two failures, in milliseconds: at least and at most. */
  readonly failureEveryMs: readonly [number, number];
  /** Keeps the state and the log of every process. */
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SoakReport {
  readonly tally: Tally;
  readonly failures: ReadonlyMap<FailureKind, number>;
  readonly audit: Audit;
  readonly memory: readonly MemoryUse[];
  /** What must not be; empty when all is well. */
  readonly findings: readonly string[];
}

const sampleMs = 2_000;
const tellMs = 30_000;
/** How long a market in which nothing breaks any more may take to be ready again. */
const healMs = 180_000;

/** @throws when the market cannot be started or does not come to rest; what goes wrong in it is in the report */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { durationMs, consumers: number, say, signal } = options;
  const random = new Random(options.seed);
  const tally = new Tally();
  const onLost = (what: string) => {
    tally.findings.push(what);
    say(`FOUND: ${what}`);
  };
  const [ofMarket, ofFailures] = [random.fork(), random.fork()];
  const ofConsumers = Array.from({ length: number }, () => random.fork());
  await using market = await startSoakMarket({ ...options, random: ofMarket, onLost });
  const consumers = await Promise.all(
    ofConsumers.map(async (own, i) => {
      const ports = await market.consumer(i);
      const { model, inputs } = market;
      return new Consumer({ name: `consumer ${i + 1}`, ports, model, inputs, random: own, tally });
    }),
  );
  const actors = [market.node, ...market.dx, ...market.wingmen];
  const memory = new MemoryWatch(actors, 'all consumers');
  const failures = new Map<FailureKind, number>();

  const over = new AbortController();
  const ending = AbortSignal.any([over.signal, signal]);
  say(`${number} consumers buy, and things break, for ${Math.round(durationMs / 1000)} s`);
  const trading = Promise.all(consumers.map((consumer) => consumer.run(ending, signal)));
  // Its errors are told when it is waited for.
  trading.catch(() => undefined);
  const breaking = injectFailures(
    {
      targets: { ...market, consumers },
      random: ofFailures,
      everyMs: options.failureEveryMs,
      onFailure: (kind, what) => {
        count(failures, kind);
        say(`${kind}: ${what}`);
      },
      onError: onLost,
    },
    ending,
  );
  const watching = watch(memory, ending);
  const telling = tell(
    () => `${tally.orders} orders, ${tally.agreements} agreements, ${resultsOf(tally)}`,
    say,
    ending,
  );
  const timer = setTimeout(() => over.abort(), durationMs);
  try {
    await breaking;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
  signal.throwIfAborted();
  await Promise.all([watching, telling]);

  say('nothing breaks any more; everybody finishes');
  await Promise.all(runningOf(market.wingmen).map((wingman) => wingman.ready(healMs)));
  await trading;
  await memory.sample();
  const last = await finalNow(market.chain, signal);
  say(`checking the books of ${last.number} blocks`);
  const audited = await audit(market.rpcUrl, last.hash);
  const uses = memory.uses();
  const findings = [
    ...tally.findings,
    ...audited.checks.filter(({ right }) => !right).map(({ what, detail }) => `NOT so: ${what}: ${detail}`),
    ...uses.filter(({ grew }) => grew).map(({ name }) => `the memory of ${name} has grown`),
    ...((tally.results.get('answered') ?? 0) > 0 ? [] : ['nothing was answered at all']),
  ];
  return { tally, failures, audit: audited, memory: uses, findings };
}

/** The newest block, once it is final: everything that has happened until now is in it or before it. */
async function finalNow(
  chain: Awaited<ReturnType<typeof startSoakMarket>>['chain'],
  signal: AbortSignal,
): Promise<{ readonly number: number; readonly hash: `0x${string}` }> {
  let wanted: number | undefined;
  for await (const { best, finalized } of chain.heads(signal)) {
    // A transaction that was sent just now gets into one of the next blocks.
    wanted ??= best.number + 3;
    if (finalized.number >= wanted) return finalized;
  }
  throw new Error('The chain told of no block.');
}

async function watch(memory: MemoryWatch, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    await memory.sample();
    await delay(sampleMs, undefined, { signal: ending }).catch(() => undefined);
  }
}

async function tell(text: () => string, say: (line: string) => void, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    await delay(tellMs, undefined, { signal: ending }).catch(() => undefined);
    say(text());
  }
}

/** The outcomes in one line. */
export function resultsOf({ results }: Tally): string {
  return [...results].map(([state, amount]) => `${amount} ${state}`).join(', ') || 'no results yet';
}
