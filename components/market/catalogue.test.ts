import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ModelCard } from '../../lib/cockpit/types.ts';
import type { Model } from '../../lib/market/types.ts';
import { choose, type Choice, type SortBy } from './catalogue.ts';

function card(
  id: number,
  more: Partial<Omit<ModelCard, 'model'>> & { model?: Partial<Model>; name?: string } = {},
): ModelCard {
  const { model, name = `Model ${id}`, ...others } = more;
  return {
    model: {
      id,
      owner: '5Owner',
      royalty: 10n,
      retired: false,
      registeredAt: id,
      offers: 0,
      newest: {
        version: 0,
        content: `bafy${id}`,
        size: 10,
        publishedAt: id,
        description: {
          name,
          licence: 'MIT',
          inputs: [],
          outputs: [],
          image: null,
          labels: { kind: 'inline', names: ['Cat', 'dog'] },
          tolerance: 0,
        },
      },
      ...model,
    },
    providers: 0,
    fastestMs: null,
    history: [],
    delivered: 0,
    recentPrice: null,
    sale: null,
    ...others,
  };
}

const all: Choice = { search: '', shelf: 'all', sortBy: 'newest' };
const ids = (cards: readonly ModelCard[], choice: Partial<Choice>) =>
  choose(cards, { ...all, ...choice }).map(({ model }) => model.id);

test('every word of a search must be found, in name, labels, licence or number', () => {
  const cards = [card(1, { name: 'ResNet digits' }), card(2, { name: 'ResNet photos' }), card(3)];
  assert.deepEqual(ids(cards, { search: 'resnet' }), [2, 1]);
  assert.deepEqual(ids(cards, { search: ' RESNET  dig ' }), [1]);
  assert.deepEqual(ids(cards, { search: 'cat mit #3' }), [3]);
  assert.deepEqual(ids(cards, { search: 'horse' }), []);
});

test('retired models are on their own shelf alone', () => {
  const cards = [card(1, { model: { retired: true }, providers: 2 }), card(2)];
  assert.deepEqual(ids(cards, {}), [2]);
  assert.deepEqual(ids(cards, { shelf: 'served' }), []);
  assert.deepEqual(ids(cards, { shelf: 'retired' }), [1]);
});

test('models can be narrowed to those that somebody serves', () => {
  assert.deepEqual(ids([card(1, { providers: 1 }), card(2)], { shelf: 'served' }), [1]);
});

test('models can be narrowed to those whose owners sell them', () => {
  const sale = { price: 5n, reservedFor: null };
  const cards = [card(1, { sale }), card(2), card(3, { sale, model: { retired: true } })];
  assert.deepEqual(ids(cards, { shelf: 'sale' }), [1]);
});

test('what is not known comes last, equals come by their number, newest first', () => {
  const cards = [
    card(1, { recentPrice: 5n, fastestMs: 3, delivered: 1 }),
    card(2, { recentPrice: 2n, fastestMs: 9, delivered: 7, model: { royalty: 50n } }),
    card(3),
  ];
  const expected: Record<SortBy, readonly number[]> = {
    newest: [3, 2, 1],
    price: [2, 1, 3],
    speed: [1, 2, 3],
    royalty: [3, 1, 2],
    demand: [2, 1, 3],
  };
  for (const [sortBy, order] of Object.entries(expected))
    assert.deepEqual(ids(cards, { sortBy: sortBy as SortBy }), order);
});

test('choosing leaves the list as it was', () => {
  const cards = [card(1, { delivered: 1 }), card(2)];
  choose(cards, { ...all, sortBy: 'demand' });
  assert.deepEqual(
    cards.map(({ model }) => model.id),
    [1, 2],
  );
});
