/** Searching, filtering and sorting the market's models. */
import type { ModelCard } from '../../lib/cockpit/types.ts';

export type Shelf = 'served' | 'all' | 'images' | 'sale' | 'retired';
export type SortBy = 'newest' | 'price' | 'royalty' | 'speed' | 'demand';

export interface Choice {
  readonly search: string;
  readonly shelf: Shelf;
  readonly sortBy: SortBy;
}

export const shelves: readonly { readonly value: Shelf; readonly label: string }[] = [
  { value: 'all', label: 'All models' },
  { value: 'served', label: 'Served now' },
  { value: 'images', label: 'Take images' },
  { value: 'sale', label: 'For sale' },
  { value: 'retired', label: 'Retired' },
];

export const orders: readonly { readonly value: SortBy; readonly label: string }[] = [
  { value: 'newest', label: 'Newest first' },
  { value: 'price', label: 'Lowest price' },
  { value: 'royalty', label: 'Lowest royalty' },
  { value: 'speed', label: 'Fastest' },
  { value: 'demand', label: 'Most delivered' },
];

/** The cards that are shown, in their order. Retired models are shown on their own shelf alone. */
export function choose(cards: readonly ModelCard[], { search, shelf, sortBy }: Choice): readonly ModelCard[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = cards.filter((card) => isOnShelf(card, shelf) && words.every((word) => textOf(card).includes(word)));
  return shown.sort((a, b) => compare(a, b, sortBy) || b.model.id - a.model.id);
}

function isOnShelf({ model, providers, sale }: ModelCard, shelf: Shelf): boolean {
  if (shelf === 'retired') return model.retired;
  if (model.retired) return false;
  if (shelf === 'served') return providers > 0;
  if (shelf === 'sale') return sale !== null;
  return shelf === 'all' || model.newest.description.image !== null;
}

/** What a search looks through: name, number, licence, owner, labels, content id. */
function textOf({ model }: ModelCard): string {
  const { description, content } = model.newest;
  const labels = description.labels.kind === 'inline' ? description.labels.names : [];
  const parts = [description.name, `#${model.id}`, description.licence, model.owner ?? '', content, ...labels];
  return parts.join('\n').toLowerCase();
}

function compare(a: ModelCard, b: ModelCard, sortBy: SortBy): number {
  switch (sortBy) {
    case 'newest':
      return 0;
    case 'price':
      return knownFirst(a.recentPrice, b.recentPrice);
    case 'royalty':
      return sign(a.model.royalty, b.model.royalty);
    case 'speed':
      return knownFirst(a.fastestMs, b.fastestMs);
    case 'demand':
      return b.delivered - a.delivered;
  }
}

/** Lower first, and what is not known last. */
function knownFirst<T extends bigint | number>(a: T | null, b: T | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign(a, b);
}

function sign<T extends bigint | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
