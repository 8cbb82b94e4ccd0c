/** What goes wrong in a soak, and when: drawn from a seed, so that a run can be had again. */
import { setTimeout as delay } from 'node:timers/promises';

import { fairWeather, type TcpProxy } from '../lib/tcp-proxy.ts';
import type { Actor } from './actor.ts';
import type { Random } from './random.ts';

/** What can be broken. */
export interface Targets {
  readonly node: Actor;
  readonly dx: readonly Actor[];
  readonly wingmen: readonly Actor[];
  /** The ways to the node and to the Dx servers. */
  readonly ways: readonly TcpProxy[];
  /** Makes a consumer forget what it is doing, as if it had crashed. */
  readonly consumers: readonly { interrupt(): void }[];
}

/** Each kind with how often it is drawn, against the others. */
const kinds = {
  'Wingman killed': 6,
  'Wingman ended and started': 3,
  'Wingman frozen': 3,
  'Dx server killed': 4,
  'Dx server frozen': 2,
  'node killed': 1,
  'node frozen': 2,
  'packets late and lost': 5,
  'connections cut': 3,
  'consumer interrupted': 3,
} as const;
export type FailureKind = keyof typeof kinds;

const drawn = Object.entries(kinds).flatMap(([kind, weight]) =>
  new Array<FailureKind>(weight).fill(kind as FailureKind),
);

export interface FailuresOptions {
  readonly targets: Targets;
  readonly random: Random;
  /** The time between two failures, in milliseconds: at least and at most. */
  readonly everyMs: readonly [number, number];
  readonly onFailure: (kind: FailureKind, what: string) => void;
  readonly onError: (what: string) => void;
}

/** Breaks one thing after the other until the signal aborts; returns when everything that was broken is whole again. */
export async function injectFailures(options: FailuresOptions, signal: AbortSignal): Promise<void> {
  const { random, everyMs, onError } = options;
  const healing = new Set<Promise<void>>();
  // Each kind comes once before any comes by chance, so that short runs see different ones.
  const first = shuffled(Object.keys(kinds) as FailureKind[], random);
  for (;;) {
    await delay(random.between(...everyMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const kind = first.pop() ?? random.pick(drawn);
    const healed = inject(kind, options, signal)
      .catch((error: unknown) => onError(`${kind}: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => healing.delete(healed));
    healing.add(healed);
  }
  await Promise.all(healing);
}

/** Breaks one thing and makes it whole again. */
async function inject(kind: FailureKind, options: FailuresOptions, signal: AbortSignal): Promise<void> {
  const { targets, random, onFailure } = options;
  const ms = random.between(1_000, kind === 'packets late and lost' ? 15_000 : 8_000);
  // The numbers are drawn before anything is looked at, so that the sequence does not depend on what runs how fast.
  const number = random.between(0, 999);
  // What is over before its time is over is healed early.
  const pause = () => delay(ms, undefined, { signal }).catch(() => undefined);
  const one = <T>(all: readonly T[]): T | undefined => all[number % Math.max(1, all.length)];
  const actor = (all: readonly Actor[], mayBeSpared: boolean) =>
    one(all.filter(({ isBusy, isSpared, process }) => !isBusy && process !== undefined && (mayBeSpared || !isSpared)));
  const on = async (who: Actor | undefined, what: (who: Actor) => Promise<void>) => {
    if (who === undefined) return;
    onFailure(kind, `${who.name}, for ${(ms / 1000).toFixed(1)} s`);
    await what(who);
  };
  const killed = (who: Actor) => who.restart('SIGKILL', pause);
  const ended = (who: Actor) => who.restart('SIGTERM', pause);
  const frozen = (who: Actor) => who.freeze(pause);
  switch (kind) {
    case 'Wingman killed':
      return on(actor(targets.wingmen, false), killed);
    case 'Wingman ended and started':
      return on(actor(targets.wingmen, false), ended);
    case 'Wingman frozen':
      return on(actor(targets.wingmen, true), frozen);
    case 'Dx server killed':
      return on(actor(targets.dx, false), killed);
    case 'Dx server frozen':
      return on(actor(targets.dx, true), frozen);
    case 'node killed':
      return on(actor([targets.node], true), killed);
    case 'node frozen':
      return on(actor([targets.node], true), frozen);
    case 'packets late and lost': {
      const weather = { delayMs: 20 + (number % 300), loss: 0.02 + (number % 10) / 100, resendMs: 250 };
      onFailure(kind, `+${weather.delayMs} ms, ${Math.round(weather.loss * 100)} %, for ${(ms / 1000).toFixed(1)} s`);
      for (const way of targets.ways) way.weather(weather);
      await pause();
      for (const way of targets.ways) way.weather(fairWeather);
      return;
    }
    case 'connections cut': {
      const way = one(targets.ways);
      onFailure(kind, `one way, for ${(ms / 1000).toFixed(1)} s`);
      way?.cut();
      await pause();
      way?.mend();
      return;
    }
    case 'consumer interrupted':
      onFailure(kind, 'one of them');
      one(targets.consumers)?.interrupt();
  }
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  return all
    .map((value) => ({ value, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
