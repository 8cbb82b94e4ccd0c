'use client';
/** The fields of an order. */
import type { ModelDetail } from '../../lib/cockpit/types.ts';
import { amountText, formatAmount } from '../../lib/market/amounts.ts';
import type { Rules } from '../../lib/market/types.ts';
import { parseAiro, parseNumber } from '../ui/parse.ts';
import { allRight, useAmountInput, useInput, useNumberInput, type Input } from '../ui/use-input.ts';
import { blocksFor, type OrderFields } from './wish.ts';

export interface OrderForm {
  readonly inferences: Input<number>;
  readonly maxPrice: Input<bigint>;
  readonly deadline: Input<number>;
  readonly providers: Input<number>;
  readonly bidding: Input<number>;
  readonly acceptance: Input<number>;
  readonly lifetime: Input<number>;
  /** May be left empty. */
  readonly inFlight: Input<number | null>;
  readonly minStake: Input<bigint>;
  readonly minDelivered: Input<number>;
  readonly minReliability: Input<number>;
  /** What all fields say; `undefined` while one of them is wrong. */
  readonly fields: OrderFields | undefined;
  /** Shows what is wrong; tells whether nothing is. */
  readonly check: () => boolean;
}

/** The chain counts inferences and blocks in 32 bits. */
const largestCount = 2 ** 32 - 1;

function countable(count: number): string | undefined {
  return count > largestCount ? 'That is more than the chain can count. Write a smaller number.' : undefined;
}

export function useOrderForm({ suggestion }: ModelDetail, rules: Rules): OrderForm {
  const leastSeconds = Math.ceil((rules.minResponseDeadline * rules.blockTimeMs) / 1_000);
  const lasting = (unitMs: number) => (value: number) => countable(blocksFor(value * unitMs, rules));
  const inferences = useNumberInput(1, { min: 1, what: 'inferences' }, countable);
  const maxPrice = useAmountInput(amountText(suggestion.maxPrice), {}, (price) =>
    price < suggestion.least
      ? `The model's royalty and the market's fee come to ${formatAmount(suggestion.least)}. Offer at least that.`
      : undefined,
  );
  const deadline = useNumberInput(Math.max(30, leastSeconds), { min: leastSeconds, what: 'seconds' }, lasting(1_000));
  const providers = useNumberInput(1, { min: 1, max: rules.maxBids, what: 'providers' });
  const bidding = useNumberInput(12, { min: 1, what: 'seconds' }, lasting(1_000));
  const acceptance = useNumberInput(60, { min: 0, what: 'seconds' }, lasting(1_000));
  const lifetime = useNumberInput(60, { min: 1, what: 'minutes' }, lasting(60_000));
  const inFlight = useInput<number | null>('', (text) =>
    text.trim() === '' ? null : parseNumber({ min: 1, max: rules.maxInFlight, what: 'requests' })(text),
  );
  const minStake = useInput('0', parseAiro({}));
  const minDelivered = useNumberInput(0, { min: 0, what: 'inferences' }, countable);
  const minReliability = useNumberInput(0, { min: 0, max: 100, fractions: true, what: 'percent' });
  const all = {
    inferences,
    maxPrice,
    deadline,
    providers,
    bidding,
    acceptance,
    lifetime,
    inFlight,
    minStake,
    minDelivered,
    minReliability,
  };
  return { ...all, fields: fieldsOf(all), check: () => allRight(Object.values(all)) };
}

function fieldsOf(form: Omit<OrderForm, 'fields' | 'check'>): OrderFields | undefined {
  const { inferences, maxPrice, deadline, providers, bidding, acceptance, lifetime, inFlight, minStake, minDelivered } =
    form;
  if (
    inferences.value === undefined ||
    maxPrice.value === undefined ||
    deadline.value === undefined ||
    providers.value === undefined ||
    bidding.value === undefined ||
    acceptance.value === undefined ||
    lifetime.value === undefined ||
    inFlight.value === undefined ||
    minStake.value === undefined ||
    minDelivered.value === undefined ||
    form.minReliability.value === undefined
  ) {
    return undefined;
  }
  return {
    inferences: inferences.value,
    maxPrice: maxPrice.value,
    deadlineSeconds: deadline.value,
    providers: providers.value,
    biddingSeconds: bidding.value,
    acceptanceSeconds: acceptance.value,
    lifetimeMinutes: lifetime.value,
    maxInFlight: inFlight.value,
    minStake: minStake.value,
    minDelivered: minDelivered.value,
    minReliabilityPercent: form.minReliability.value,
  };
}
