/** The decision about one order: the same for bidding and for a dry run. */
import { formatAmount } from '../market/amounts.ts';
import { bidOf, conditionRefusal } from '../market/bids.ts';
import { decidePrice, floorOf } from '../market/pricing.ts';
import type { Strategy } from '../market/strategies.ts';
import type { Address, Order, Provider, Record, Rules } from '../market/types.ts';
import { firstLate, inFlightOfOrder, totalInFlight, type Promised } from './capacity.ts';
import { toError } from './clock.ts';
import { keyProblem } from './consumer-key.ts';
import type { Decision } from './ports.ts';
import type { Rule } from './rules.ts';
import type { HookAnswer, Settings } from './types.ts';

/** How the model of the order stands, in the order's version. */
export interface Readiness {
  readonly state: 'absent' | 'loading' | 'ready' | 'failed';
  /** Why it failed. */
  readonly reason: string | null;
  /** The version that is served; `null` if that is not known yet. */
  readonly newest: number | null;
  /** The median time of an inference in milliseconds, if it is known. */
  readonly timeMs: number | null;
  readonly concurrency: number;
}

/** Everything that a decision rests on. */
export interface Situation {
  readonly order: Order;
  /** The number of the best block. */
  readonly block: number;
  readonly rules: Rules;
  readonly settings: Settings;
  readonly account: Address;
  /** Who signs: the provider or its operator key. */
  readonly signer: Address;
  /** `null` if the account is not registered. */
  readonly provider: Provider | null;
  readonly record: Record | null;
  /** The version of the model that is announced; `null` if none is. */
  readonly announced: number | null;
  readonly readiness: Readiness;
  /** All other bids and agreements, those included that are on their way to the chain. */
  readonly promises: readonly Promised[];
  /** What bids on their way to the chain will reserve of the stake, and how many these are. */
  readonly underway: { readonly reserve: bigint; readonly count: number };
}

/** What is decided about an order; {@link Decision} says the same with time and outcome. */
export type Verdict = Pick<Decision, 'action' | 'price' | 'reason'> & { readonly rule: Rule };

/** Asks the external strategy for its price. */
export type AskHook = (situation: Situation, strategy: Strategy & { kind: 'external' }) => Promise<HookAnswer>;

/** The strategy for a model. */
export function strategyFor(settings: Settings, model: number): Strategy {
  return settings.models.find((served) => served.model === model)?.strategy ?? settings.strategy;
}

/** The machine's time per inference: several that run at a time share it. */
export function workMs({ timeMs, concurrency }: Pick<Readiness, 'timeMs' | 'concurrency'>): number | null {
  return timeMs === null ? null : timeMs / Math.max(1, concurrency);
}

const nothing: HookAnswer = { price: null, reason: null };

/** Decides about an order. It never fails: an external strategy that does is a reason not to bid. */
export async function decide(situation: Situation, ask: AskHook): Promise<Verdict> {
  const { order, rules, account, signer, provider, settings } = situation;
  const out = ruleOut(situation);
  if (out !== null) return out;
  const strategy = strategyFor(settings, order.model);
  const operator = provider?.operator?.account === signer ? provider.operator : null;
  const question = {
    order,
    provider: account,
    rules,
    timeMs: workMs(situation.readiness),
    operatorFloor: operator?.floorPrice ?? null,
    named: nothing,
  };
  if (strategy.kind !== 'external') return decidePrice(strategy, question);
  // What can be decided without the hook does not bother it.
  const own = bidOf(order, account);
  const without = decidePrice(strategy, question);
  if (without.rule !== 'hookDeclined') return without;
  try {
    return decidePrice(strategy, { ...question, named: await ask(situation, strategy) });
  } catch (thrown) {
    const error = toError(thrown);
    return standing(own?.price ?? null, 'hookFailed', `The external strategy failed. ${error.name}: ${error.message}`);
  }
}

/** The first rule that speaks against bidding or improving, whatever the price. */
function ruleOut(situation: Situation): Verdict | null {
  const own = bidOf(situation.order, situation.account);
  const rules = own === null ? [general, ready, conditions, capacity] : [general, ready];
  for (const rule of rules) {
    const found = rule(situation);
    if (found !== null) return standing(own?.price ?? null, found.rule, found.reason);
  }
  return null;
}

/** No new bid; one that is there binds and stands. */
function standing(own: bigint | null, rule: Rule, reason: string): Verdict {
  if (own === null) return { action: 'decline', price: null, rule, reason };
  return { action: 'hold', price: own, rule, reason: `${reason} Our bid of ${formatAmount(own)} stands.` };
}

type Found = { readonly rule: Rule; readonly reason: string } | null;

function general({ order, block, settings, account, signer, provider }: Situation): Found {
  if (settings.paused) return { rule: 'paused', reason: 'Bidding is paused.' };
  if (!settings.models.some((served) => served.model === order.model)) {
    return { rule: 'notServed', reason: `Model ${order.model} is not among the models served in the settings.` };
  }
  if (order.consumer === account || order.consumer === signer) {
    return { rule: 'ownOrder', reason: 'The order is our own.' };
  }
  const problem = keyProblem(order.key);
  if (problem !== null) return { rule: 'keyUnusable', reason: `The consumer's key for results ${problem}.` };
  // A bid that is sent now is in the next block at the earliest.
  if (block + 1 >= order.bidsUntil) {
    const reason = `Bids were taken before block ${order.bidsUntil}, and a bid now would be in block ${block + 1}.`;
    return { rule: 'biddingClosed', reason };
  }
  if (provider === null) {
    return { rule: 'notAProvider', reason: `${account} is not registered as a provider. Register it with a stake.` };
  }
  if (provider.leavesAt !== null) {
    return {
      rule: 'leaving',
      reason: `The provider leaves the market; its stake is free from block ${provider.leavesAt}.`,
    };
  }
  if (signer !== account && provider.operator?.account !== signer) {
    const reason = `${signer} is not the operator key of ${account}. Set it as such from the provider's account.`;
    return { rule: 'notTheOperator', reason };
  }
  return null;
}

function ready({ order, readiness, announced, signer, account }: Situation): Found {
  const { state, newest, reason, timeMs } = readiness;
  if (state === 'absent' && newest !== null && newest !== order.version) {
    const text = `The order is for version ${order.version} of model ${order.model}; version ${newest} is served.`;
    return { rule: 'versionNotServed', reason: text };
  }
  if (state !== 'ready') {
    const why = state === 'failed' ? `could not be loaded: ${reason ?? 'unknown'}` : 'is being loaded.';
    return { rule: 'modelNotReady', reason: `Version ${order.version} of model ${order.model} ${why}` };
  }
  if (timeMs === null) {
    const text = `The time of an inference of model ${order.model} has not been measured, so no deadline can be promised.`;
    return { rule: 'notMeasured', reason: text };
  }
  if (announced !== order.version) {
    const what = announced === null ? 'no version' : `version ${announced}`;
    const who = signer === account ? 'It is being announced.' : "The provider's own account has to announce it.";
    const text = `The chain says that we serve ${what} of model ${order.model}, and the order is for ${order.version}. ${who}`;
    return { rule: 'notAnnounced', reason: text };
  }
  return null;
}

function conditions({ order, rules, provider, record, announced, underway }: Situation): Found {
  if (provider === null) return null;
  const { stake, reserved } = provider;
  switch (conditionRefusal(order, { provider, announced, record }, rules)) {
    case 'StakeTooLow':
      return tooLow(stake, `the market asks for ${formatAmount(rules.minStake)}`);
    case 'OrderWantsMoreStake':
      return tooLow(stake, `the order asks for ${formatAmount(order.minStake)}`);
    case 'OrderWantsBetterRecord': {
      const { delivered, reliability } = order.minRecord;
      const faults = (record?.missed ?? 0) + (record?.providerFaults ?? 0);
      const has = `${record?.delivered ?? 0} delivered and ${faults} failed or missed`;
      const wants = `${delivered} delivered and ${reliability * 100} % reliability`;
      return { rule: 'recordTooLow', reason: `The record says ${has}; the order asks for ${wants}.` };
    }
    default:
  }
  const free = stake - reserved - underway.reserve;
  if (free < order.reserve) {
    const text = `A bid reserves ${formatAmount(order.reserve)} of the stake, and ${formatAmount(free)} is free.`;
    return { rule: 'stakeInUse', reason: text };
  }
  return null;
}

function tooLow(stake: bigint, wants: string): Found {
  return { rule: 'stakeTooLow', reason: `The stake is ${formatAmount(stake)}, and ${wants}.` };
}

function capacity({ order, rules, settings, provider, signer, readiness, promises, underway }: Situation): Found {
  const operator = provider?.operator?.account === signer ? provider.operator : null;
  const opened = (provider?.openBids ?? 0) + (provider?.openAgreements ?? 0) + underway.count;
  if (operator !== null && opened >= operator.maxOpen) {
    const text = `The operator key may have ${operator.maxOpen} bids and agreements open, and ${opened} are.`;
    return { rule: 'operatorMaxOpen', reason: text };
  }
  if (promises.length >= settings.maxOpen) {
    const text = `${promises.length} bids and agreements are open; the settings allow ${settings.maxOpen}.`;
    return { rule: 'maxOpen', reason: text };
  }
  const inFlight = inFlightOfOrder(order);
  const promised = totalInFlight(promises);
  if (promised + inFlight > settings.maxInFlight) {
    const text = `${inFlight} requests at a time beside the ${promised} that are promised are more than the ${settings.maxInFlight} of the settings.`;
    return { rule: 'inFlight', reason: text };
  }
  const { responseDeadline } = order;
  const bid = { what: `order ${order.id}`, inFlight, responseDeadline, workMs: workMs(readiness) };
  const late = firstLate([...promises, bid], rules, settings.utilization);
  if (late !== null) {
    const needed = `${Math.ceil(late.neededMs)} ms`;
    const available = `${Math.floor(late.availableMs)} ms`;
    const text = `With this order, ${late.promised.what} could need ${needed} to be answered, and its deadline of ${late.promised.responseDeadline} blocks leaves ${available}.`;
    return { rule: 'deadlineTooShort', reason: text };
  }
  return null;
}

/** The order, the market and this provider's numbers as an external strategy gets them: amounts are decimal texts. */
export function questionOf(situation: Situation, strategy: Strategy): unknown {
  const { order, block, rules, account, readiness } = situation;
  const own = bidOf(order, account);
  return {
    block,
    provider: account,
    order: JSON.parse(
      JSON.stringify(order, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
    ) as unknown,
    ownBid: own?.price.toString() ?? null,
    floor: floorOf(strategy).toString(),
    timeMs: workMs(readiness),
    marketFee: rules.marketFee,
    bidStep: rules.bidStep,
  };
}
