/** What a browser needs to become a provider: suggestions for it, and what is asked of the wallet. */
import type { ModelCard, SetupWish } from '../../lib/cockpit/types.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { priceForNet } from '../../lib/market/rates.ts';
import type { Provider, Rules } from '../../lib/market/types.ts';

/** How long the name of a provider may be, in bytes. */
export const mostNameBytes = 64;
/** What the key of this browser gets for fees at first, if nobody says otherwise. */
export const suggestedTopUp = AIRO;
/** How many bids and agreements may be open at a time, if nobody says otherwise. */
const suggestedMaxOpen = 8;

/** The lowest price at which any of these models leaves its provider something; 0 without any. */
export function leastPrice(cards: readonly Pick<ModelCard, 'model'>[], rules: Pick<Rules, 'marketFee'>): bigint {
  return cards
    .map(({ model }) => priceForNet(model.royalty, rules))
    .reduce((highest, price) => (price > highest ? price : highest), 0n);
}

/**
 * A floor to begin with: a little above what royalty and market fee take, so that every answer earns something, and never
 * above half of what was paid lately, so that there is room to be cheaper than others.
 */
export function suggestedFloor(
  cards: readonly Pick<ModelCard, 'model' | 'recentPrice'>[],
  rules: Pick<Rules, 'marketFee'>,
): bigint {
  const least = leastPrice(cards, rules);
  const wanted = least === 0n ? AIRO / 1_000n : (least * 12n) / 10n;
  const half = cards
    .flatMap(({ recentPrice }) => (recentPrice === null ? [] : [recentPrice / 2n]))
    .reduce<bigint | null>((lowest, price) => (lowest === null || price < lowest ? price : lowest), null);
  const floor = half !== null && half > least && half < wanted ? half : wanted;
  return roundUp(floor);
}

/**
 * The stake that is there, if it is enough; otherwise a little more than the market asks for, so that a penalty does not
 * end everything.
 */
export function suggestedStake(staked: bigint, { minStake }: Pick<Rules, 'minStake'>): bigint {
  return staked >= minStake ? staked : (minStake * 105n) / 100n;
}

/** Two digits that count, rounded up, so that it can be read. */
export function roundUp(amount: bigint): bigint {
  const step = 10n ** BigInt(Math.max(0, amount.toString().length - 2));
  return ((amount + step - 1n) / step) * step;
}

/** What this browser is called on the market before anybody has said so. */
function suggestedName(account: string): string {
  return `${account}’s browser`;
}

/** What the form of a set-up says. */
export type SetupValues = Omit<SetupWish, 'models'>;

/** What is wished for, and a text that is the same for the same wish. */
export function wishOf(values: SetupValues, models: readonly number[]): SetupWish {
  return { ...values, models: [...models].sort((a, b) => a - b) };
}

/** The same text for the same wish. */
export function wishKey(wish: SetupWish): string {
  return JSON.stringify(wish, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** What the form begins with: what the chain has of this provider, and suggestions for the rest. */
export function initialSetup(
  account: string,
  before: Provider | null,
  cards: readonly Pick<ModelCard, 'model' | 'recentPrice'>[],
  rules: Pick<Rules, 'minStake' | 'marketFee'>,
): SetupValues {
  return {
    name: before?.profile.name ?? suggestedName(account),
    stake: suggestedStake(before?.stake ?? 0n, rules),
    floorPrice: before?.operator?.floorPrice ?? suggestedFloor(cards, rules),
    maxOpen: before?.operator?.maxOpen ?? suggestedMaxOpen,
    topUp: suggestedTopUp,
  };
}

/** What the chain has of a provider, as a set-up that changes nothing. */
export function currentSetup(
  { profile, stake }: Pick<Provider, 'profile' | 'stake'>,
  { floorPrice, maxOpen }: { readonly floorPrice: bigint; readonly maxOpen: number },
): SetupValues {
  return { name: profile.name, stake, floorPrice, maxOpen, topUp: 0n };
}
