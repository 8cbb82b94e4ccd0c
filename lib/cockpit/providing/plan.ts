/** What one signature does to make an account a provider with this browser, or to change what it is. */
import { formatAmount } from '../../market/amounts.ts';
import type { Call } from '../../market/chain.ts';
import type { Address, Offer, Operator, Profile, Provider, Rules } from '../../market/types.ts';
import { announcedMicroseconds, isOutdated } from '../../provider/offers.ts';
import { sameProfile } from '../../provider/profiles.ts';
import { InvalidSetup } from '../errors.ts';
import type { ServedModelInfo, SetupPlan, SetupWish } from '../types.ts';

/** What a plan rests on. */
export interface SetupFacts {
  /** The account as a provider; `null` if it is none yet. */
  readonly found: Provider | null;
  /** Its offers. */
  readonly offers: readonly (Offer & { readonly model: number })[];
  readonly rules: Rules;
  /** What the account can spend. */
  readonly free: bigint;
  readonly existentialDeposit: bigint;
  /** The key of this browser, and what it has. */
  readonly operator: { readonly address: Address; readonly free: bigint };
  /** The profile with this browser's keys and the wished name. */
  readonly profile: Profile;
  readonly models: readonly ServedModelInfo[];
}

/** The calls of a plan, to be signed in one transaction. */
export interface Setup {
  readonly plan: SetupPlan;
  readonly calls: readonly Call[];
}

type Step = SetupPlan['steps'][number];

/** The chain keeps a name in so many bytes of UTF-8. */
const MOST_NAME_BYTES = 64;
const MOST_OPEN = 0xffff_ffff;
/** What the chain takes at most for an entry of a provider and of an offer, until that is removed. */
const DEPOSITS = { provider: 150_000_000_000n, offer: 15_000_000_000n } as const;

/** @throws {InvalidSetup} with the first thing that is wrong; whether the account can pay is looked at by {@link checkMoney} */
export function planSetup(wish: SetupWish, facts: SetupFacts): Setup {
  checkWish(wish, facts);
  const parts: { readonly step: Step; readonly call: Call }[] = [];
  const add = (what: string, amount: bigint | null, call: Call) => parts.push({ step: { what, amount }, call });
  const { found, profile, operator } = facts;
  const bounds: Operator = { account: operator.address, floorPrice: wish.floorPrice, maxOpen: wish.maxOpen };
  let deposits = 0n;
  if (found === null) {
    deposits += DEPOSITS.provider;
    add(`Become the provider "${profile.name}", with this stake`, wish.stake, {
      ...{ call: 'registerProvider', profile, operator: bounds, stake: wish.stake },
    });
  } else {
    if (!sameProfile(found.profile, profile)) {
      add(`Change the profile to "${profile.name}", with the keys of this browser`, null, {
        ...{ call: 'updateProfile', profile },
      });
    }
    if (!sameOperator(found.operator, bounds)) {
      const what = `Let this browser bid from ${formatAmount(bounds.floorPrice)} on, ${bounds.maxOpen} at a time`;
      add(what, null, { call: 'setOperator', operator: bounds });
    }
    const by = wish.stake - found.stake;
    if (by > 0n) add('Add to the stake', by, { call: 'raiseStake', by });
  }
  for (const { step, call, deposit } of offerSteps(wish, facts)) {
    deposits += deposit;
    parts.push({ step, call });
  }
  if (wish.topUp > 0n) {
    const call = { call: 'transfer', to: operator.address, amount: wish.topUp } as const;
    add('Give the key of this browser money for fees', wish.topUp, call);
  }
  const steps = parts.map(({ step }) => step);
  if (deposits > 0n) steps.push({ what: 'Deposits at most, which come back when you leave', amount: deposits });
  const needs = steps.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
  return {
    plan: { steps, needs, free: facts.free, replaces: replacedBy(found, profile, operator.address) },
    calls: parts.map(({ call }) => call),
  };
}

/** @throws {InvalidSetup} when the account cannot pay for a plan and its fee and live on */
export function checkMoney({ plan }: Setup, fee: bigint, existentialDeposit: bigint): void {
  const least = plan.needs + fee + existentialDeposit;
  if (plan.free >= least) return;
  throw new InvalidSetup(
    `This takes ${formatAmount(least)}, the fee included, and the account can spend ${formatAmount(plan.free)}. Send it ${formatAmount(least - plan.free)} more, or choose less.`,
  );
}

function checkWish(wish: SetupWish, { found, rules, operator, existentialDeposit, models }: SetupFacts): void {
  const nameBytes = new TextEncoder().encode(wish.name).length;
  if (wish.name.trim() === '') throw new InvalidSetup('Give the provider a name. Consumers see it beside its bids.');
  if (nameBytes > MOST_NAME_BYTES) {
    throw new InvalidSetup(`The name takes ${nameBytes} bytes; ${MOST_NAME_BYTES} are possible. Choose a shorter one.`);
  }
  if (typeof found?.leavesAt === 'number') {
    throw new InvalidSetup(
      `The account is leaving the market. Take its stake back from block ${found.leavesAt} on, and begin anew then.`,
    );
  }
  if (wish.stake < rules.minStake) {
    throw new InvalidSetup(`The stake must be at least ${formatAmount(rules.minStake)}: the market asks for that.`);
  }
  if (found !== null && wish.stake < found.stake) {
    throw new InvalidSetup(
      `The stake is ${formatAmount(found.stake)} and cannot be lowered. It comes back as a whole when you leave.`,
    );
  }
  if (wish.floorPrice < 0n || wish.floorPrice > rules.maxPrice) {
    throw new InvalidSetup(`The floor price must be from 0 to ${formatAmount(rules.maxPrice)}.`);
  }
  if (!Number.isInteger(wish.maxOpen) || wish.maxOpen < 1 || wish.maxOpen > MOST_OPEN) {
    throw new InvalidSetup('The number of bids and agreements that may be open must be a whole number from 1 on.');
  }
  if (wish.topUp < 0n) throw new InvalidSetup('The money for fees cannot be below 0.');
  if (operator.free + wish.topUp < 2n * existentialDeposit) {
    throw new InvalidSetup(
      `The key of this browser needs money for fees: give it ${formatAmount(2n * existentialDeposit - operator.free)} or more.`,
    );
  }
  if (wish.models.length === 0) throw new InvalidSetup('Choose at least one model to offer.');
  const unready = wish.models.find((id) => !models.some(({ model, state }) => model === id && state === 'ready'));
  if (unready !== undefined) {
    throw new InvalidSetup(`Model ${unready} is not ready in this browser. Fetch and measure it first.`);
  }
}

function* offerSteps(
  wish: SetupWish,
  { offers, models }: SetupFacts,
): Iterable<{ readonly step: Step; readonly call: Call; readonly deposit: bigint }> {
  for (const { model, version, name, timeMs } of models) {
    if (!wish.models.includes(model) || timeMs === null) continue;
    const offer = offers.find((known) => known.model === model) ?? null;
    if (!isOutdated(offer, version, timeMs)) continue;
    const timeMicroseconds = announcedMicroseconds(timeMs);
    yield {
      step: { what: `Offer ${name} at ${timeMs < 10 ? timeMs.toFixed(1) : Math.round(timeMs)} ms`, amount: null },
      call: { call: 'announce', model, version, timeMicroseconds },
      deposit: offer === null ? DEPOSITS.offer : 0n,
    };
  }
  for (const { model } of offers) {
    if (wish.models.includes(model)) continue;
    const step = { what: `Offer model ${model} no longer`, amount: null };
    yield { step, call: { call: 'withdrawOffer', model }, deposit: 0n };
  }
}

function sameOperator(a: Operator | null, b: Operator): boolean {
  return a?.account === b.account && a.floorPrice === b.floorPrice && a.maxOpen === b.maxOpen;
}

/** What of other keys ends with this; `null` when nothing does. */
function replacedBy(found: Provider | null, profile: Profile, operator: Address): string | null {
  if (found === null) return null;
  const isOther =
    !sameProfile({ ...found.profile, name: profile.name }, profile) ||
    (found.operator !== null && found.operator.account !== operator);
  if (!isOther) return null;
  const open = found.openAgreements;
  const left =
    open === 0
      ? ''
      : ` Its ${open} open agreements can only be carried out there: leave that running until they are over.`;
  return `The account provides elsewhere already, as "${found.profile.name}". That gets no new work from now on.${left}`;
}
