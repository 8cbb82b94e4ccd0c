/** What the market says happened in a block, in words. */
import { formatAmount } from '../../lib/market/amounts.ts';
import type { MarketEvent } from '../../lib/market/chain.ts';
import { plural, shortId } from '../ui/format.ts';

export interface EventText {
  readonly text: string;
  /** Where it can be looked at; `null` where there is no page. */
  readonly href: string | null;
}

const modelPage = (id: number) => `/model/?id=${id}`;
const agreementPage = (id: number) => `/agreement/?id=${id}`;

const endings = {
  expired: 'its time was over',
  completed: 'everything was delivered',
  byConsumer: 'the consumer ended it',
  abandoned: 'the provider abandoned it',
} as const;

/** Writes an event for people. */
export function eventText(event: MarketEvent): EventText {
  switch (event.event) {
    case 'modelRegistered':
      return { text: `Model ${event.model} registered by ${shortId(event.owner)}`, href: modelPage(event.model) };
    case 'versionPublished':
      return { text: `Model ${event.model}: version ${event.version} published`, href: modelPage(event.model) };
    case 'modelForSale': {
      const whom = event.reservedFor === null ? '' : ` to ${shortId(event.reservedFor)}`;
      return {
        text: `Model ${event.model} put up for sale${whom} at ${formatAmount(event.price)}`,
        href: modelPage(event.model),
      };
    }
    case 'modelNotForSale':
      return { text: `Model ${event.model} is no longer for sale`, href: modelPage(event.model) };
    case 'modelSold':
      return {
        text: `Model ${event.model} sold by ${shortId(event.seller)} to ${shortId(event.buyer)} for ${formatAmount(event.price)}`,
        href: modelPage(event.model),
      };
    case 'providerRegistered':
      return { text: `Provider ${shortId(event.provider)} registered with ${formatAmount(event.stake)}`, href: null };
    case 'stakeSlashed':
      return {
        text: `Provider ${shortId(event.provider)} lost ${formatAmount(event.amount)} of its stake`,
        href: null,
      };
    case 'orderPlaced':
      return { text: `Order ${event.order} placed for model ${event.model}`, href: modelPage(event.model) };
    case 'bidPlaced':
      return { text: `Order ${event.order}: ${shortId(event.provider)} bids ${formatAmount(event.price)}`, href: null };
    case 'bidDisplaced':
      return {
        text: `Order ${event.order}: the bid of ${shortId(event.provider)} was pushed out by a better one`,
        href: null,
      };
    case 'bidsAccepted':
      return { text: `Order ${event.order}: ${plural(event.agreements.length, 'bid')} accepted`, href: null };
    case 'orderClosed':
      return { text: `Order ${event.order} ${event.closing === 'expired' ? 'expired' : 'was cancelled'}`, href: null };
    case 'agreementOpened': {
      const what = `${plural(event.quota, 'inference')} at ${formatAmount(event.price)}`;
      return { text: `Agreement ${event.agreement} opened: ${what}`, href: agreementPage(event.agreement) };
    }
    case 'requested':
      return {
        text: `Agreement ${event.agreement}: ${plural(event.count, 'inference')} requested`,
        href: agreementPage(event.agreement),
      };
    case 'answered': {
      const failed = event.failures === 0 ? '' : `, ${plural(event.failures, 'failure')}`;
      return {
        text: `Agreement ${event.agreement}: ${plural(event.count, 'inference')} answered${failed}`,
        href: agreementPage(event.agreement),
      };
    }
    case 'paid': {
      const royalty = event.owner === null ? '' : `, royalty ${formatAmount(event.royalty)} to ${shortId(event.owner)}`;
      return {
        text: `Agreement ${event.agreement}: provider paid ${formatAmount(event.earned)}${royalty}`,
        href: agreementPage(event.agreement),
      };
    }
    case 'refunded':
      return {
        text: `Agreement ${event.agreement}: ${formatAmount(event.amount)} refunded`,
        href: agreementPage(event.agreement),
      };
    case 'missed':
      return {
        text: `Agreement ${event.agreement}: ${plural(event.count, 'inference')} missed, penalty ${formatAmount(event.penalty)}`,
        href: agreementPage(event.agreement),
      };
    case 'agreementEnded':
      return {
        text: `Agreement ${event.agreement} ended: ${endings[event.how]}`,
        href: agreementPage(event.agreement),
      };
    case 'rated':
      return {
        text: `Agreement ${event.agreement} rated ${plural(event.stars, 'star')}`,
        href: agreementPage(event.agreement),
      };
    case 'other':
      return { text: otherText(event.name), href: null };
  }
}

/** `marketplace.RoyaltyChanged` becomes `Royalty changed`. */
function otherText(name: string): string {
  const words = (name.split('.').at(-1) ?? name).replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
