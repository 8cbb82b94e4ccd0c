/** Which models can be served here, and what serving one is worth. */
import type { ModelCard, ServedModelInfo } from '../../lib/cockpit/types.ts';
import { marketFee } from '../../lib/market/rates.ts';
import type { Rules } from '../../lib/market/types.ts';

/** The models that are not served here yet; what is asked for most comes first. */
export function candidates(
  cards: readonly ModelCard[],
  served: readonly Pick<ServedModelInfo, 'model'>[],
): readonly ModelCard[] {
  const own = new Set(served.map(({ model }) => model));
  return cards
    .filter(({ model }) => !model.retired && !own.has(model.id))
    .sort((a, b) => b.delivered - a.delivered || b.model.id - a.model.id);
}

/** What is left of a price for who has run the model: royalty and market fee taken off. Below zero if they are more. */
export function netOf(price: bigint, royalty: bigint, rules: Pick<Rules, 'marketFee'>): bigint {
  return price - marketFee(price, rules) - royalty;
}

/** The number of a version that is newer than the one that is served; `null` when there is none. */
export function newerVersion(
  { version }: Pick<ServedModelInfo, 'version'>,
  card: ModelCard | undefined,
): number | null {
  const newest = card?.model.newest.version;
  return newest === undefined || newest <= version ? null : newest;
}

/** What can be done next with a model that is served. */
export type NextStep = 'prepare' | 'retry' | 'announce' | 'none';

/** @param isNamed whether this browser is set up as a provider: before that nothing can be announced */
export function nextStep(
  { state, isAnnounced }: Pick<ServedModelInfo, 'state' | 'isAnnounced'>,
  isNamed: boolean,
): NextStep {
  if (state === 'listed') return 'prepare';
  if (state === 'failed') return 'retry';
  return state === 'ready' && isNamed && !isAnnounced ? 'announce' : 'none';
}

/** The models that are here and measured: those that can be announced. */
export function readyModels(served: readonly ServedModelInfo[]): readonly number[] {
  return served.filter(({ state }) => state === 'ready').map(({ model }) => model);
}

/** Those that stay announced when these are announced as well: what the chain has, and the new ones. */
export function announcedWith(served: readonly ServedModelInfo[], added: readonly number[]): readonly number[] {
  return served
    .filter(({ state, isAnnounced, model }) => state === 'ready' && (isAnnounced || added.includes(model)))
    .map(({ model }) => model);
}
