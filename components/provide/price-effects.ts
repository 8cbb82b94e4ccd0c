/** What a strategy comes to for the models that are served here. */
import type { ModelCard, ServedModelInfo, TabStrategy } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { costPrice, floorOf } from '../../lib/market/pricing.ts';
import { priceForNet } from '../../lib/market/rates.ts';
import type { Rules } from '../../lib/market/types.ts';
import { roundUp } from './setup-fields.ts';
import { netOf } from './offers.ts';

export interface PriceEffect {
  readonly model: number;
  /** Whether there are any bids at this price. */
  readonly bids: boolean;
  /** For people: `ResNet MNIST: 0.2 AIRO, of which 0.186 AIRO is yours.` */
  readonly text: string;
}

interface Market {
  readonly cards: readonly Pick<ModelCard, 'model'>[];
  readonly rules: Rules;
  /** The lowest price that the chain takes of the key of this browser; 0 while it has none. */
  readonly keyFloor: bigint;
}

/** What each ready model would be bid for, were it ordered now by somebody who pays enough. */
export function effectsOf(
  strategy: TabStrategy,
  served: readonly ServedModelInfo[],
  { cards, rules, keyFloor }: Market,
): readonly PriceEffect[] {
  return served.flatMap(({ model, name, state, timeMs }) => {
    const royalty = cards.find((card) => card.model.id === model)?.model.royalty;
    if (state !== 'ready' || timeMs === null || royalty === undefined) return [];
    const bounds = [priceForNet(royalty, rules), strategy.kind === 'fixed' ? 0n : floorOf(strategy), keyFloor, 1n];
    const lowest = bounds.reduce((highest, bound) => (bound > highest ? bound : highest));
    const yours = (price: bigint) => formatAmount(netOf(price, royalty, rules));
    const said = (text: string, bids = true) => [{ model, bids, text: `${name}: ${text}` }];
    switch (strategy.kind) {
      case 'fixed':
        return strategy.price < lowest
          ? said(`no bids. It takes ${formatAmount(roundUp(lowest))} at least.`, false)
          : said(`${formatAmount(strategy.price)}, of which ${yours(strategy.price)} is yours.`);
      case 'cost': {
        const cost = costPrice(strategy, timeMs, royalty, rules);
        const price = roundUp(cost > lowest ? cost : lowest);
        return said(`about ${formatAmount(price)}, of which ${yours(price)} is yours.`);
      }
      case 'undercut': {
        const price = roundUp(lowest);
        const from = strategy.start === undefined ? 'the most that an order pays' : formatAmount(strategy.start);
        return said(`from ${from} down to ${formatAmount(price)}, of which ${yours(price)} is yours.`);
      }
    }
  });
}
