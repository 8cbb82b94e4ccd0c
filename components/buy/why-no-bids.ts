/** Why nobody bids, as far as the chain tells, and what to do. */
import type { ModelDetail, ModelProvider } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Order, Rules } from '../../lib/market/types.ts';
import { summarize } from '../market/record.ts';

export interface Explanation {
  readonly why: string;
  readonly todo: string;
}

type Asked = Pick<
  Order,
  'version' | 'maxPrice' | 'minStake' | 'minRecord' | 'maxInFlight' | 'inferences' | 'responseDeadline' | 'reserve'
>;

/**
 * Why there are no bids: what shuts every provider out comes first. There is always at least one explanation.
 *
 * @param detail of the order's model, as it is now
 */
export function whyNoBids(
  order: Asked,
  detail: ModelDetail,
  rules: Pick<Rules, 'blockTimeMs'>,
): readonly Explanation[] {
  const offers = detail.offers.filter(({ offer }) => offer.version === order.version);
  if (offers.length === 0) {
    return [
      {
        why: 'No provider offers this version of the model now.',
        todo: 'Wait for one until the bidding period ends, choose another model, or run a provider of your own.',
      },
    ];
  }
  const found = checks.flatMap(({ fits, why, todo }) =>
    offers.some((provider) => fits(provider, order, rules)) ? [] : [{ why: why(order), todo }],
  );
  if (detail.suggestion.basis !== 'royalty' && order.maxPrice < detail.suggestion.maxPrice) {
    found.push({
      why: `You offer at most ${formatAmount(order.maxPrice)}; ${formatAmount(detail.suggestion.maxPrice)} is what would be suggested now.`,
      todo: 'Providers have a price below which they do not work. Order again with a higher one.',
    });
  }
  if (found.length > 0) return found;
  return [
    {
      why: 'Providers that fit are there, but each has a lowest price of its own, and takes only as much work as it can do.',
      todo: 'Bids come within a block or two as a rule. If none does, order again with a higher price or a longer deadline.',
    },
  ];
}

interface Check {
  readonly fits: (provider: ModelProvider, order: Asked, rules: Pick<Rules, 'blockTimeMs'>) => boolean;
  readonly why: (order: Asked) => string;
  readonly todo: string;
}

const checks: readonly Check[] = [
  {
    fits: ({ provider }, { minStake }) => (provider?.stake ?? 0n) >= minStake,
    why: ({ minStake }) => `No provider of this model has the stake of ${formatAmount(minStake)} that you ask for.`,
    todo: 'Order again and ask for a lower stake.',
  },
  {
    fits: ({ provider }, { reserve }) => provider !== null && provider.stake - provider.reserved >= reserve,
    why: ({ reserve }) =>
      `A bid reserves ${formatAmount(reserve)} of the stake, and no provider of this model has so much left.`,
    todo: 'Order again with fewer requests in flight, or with a lower price.',
  },
  {
    fits: ({ record }, { minRecord }) => {
      const { delivered, due } = summarize(record);
      return (
        delivered >= minRecord.delivered &&
        (due === 0 ? minRecord.reliability === 0 : delivered / due >= minRecord.reliability)
      );
    },
    why: () => 'No provider of this model has the record that you ask for.',
    todo: 'Order again and ask for fewer deliveries or less reliability.',
  },
  {
    fits: ({ offer }, { maxInFlight, inferences, responseDeadline }, { blockTimeMs }) =>
      (offer.timeMicroseconds / 1_000) * Math.min(maxInFlight, inferences) <= responseDeadline * blockTimeMs,
    why: () => 'By their own measurements no provider can answer all that may be in flight before the deadline.',
    todo: 'Order again with a longer deadline, or fewer requests in flight.',
  },
];
