import assert from 'node:assert/strict';
import { test } from 'node:test';

import { marketEvents } from './market-events.ts';
import type { DecodedEvent } from './runtime.ts';

const event = (name: string, data: unknown): DecodedEvent => ({ name, data, transaction: 1, dispatchError: null });
const sold = (collection: number) =>
  event('nfts.ItemBought', { collection, item: 3, price: 5n, seller: 'Olivia', buyer: 'Bianca' });

test('what happens to an NFT is a matter of the market if it is that of a model', async () => {
  const events = [
    event('balances.Transfer', {}),
    event('nfts.Transferred', { collection: 7, item: 3, from: 'Olivia', to: 'Bianca' }),
    sold(0),
    sold(7),
    event('nfts.ItemPriceSet', { collection: 7, item: 3, price: 6n, whitelistedBuyer: null }),
    event('nfts.ItemPriceRemoved', { collection: 7, item: 3 }),
  ];
  assert.deepEqual(await marketEvents(events, () => Promise.resolve(7)), [
    { event: 'modelSold', model: 3, price: 5n, seller: 'Olivia', buyer: 'Bianca' },
    { event: 'modelForSale', model: 3, price: 6n, reservedFor: null },
    { event: 'modelNotForSale', model: 3 },
  ]);
  assert.deepEqual(await marketEvents([sold(0)], () => Promise.resolve(null)), []);
});

test('which NFTs are models is asked only where an NFT is concerned', async () => {
  const asked = () => Promise.reject(new Error('It was asked.'));
  const events = [event('marketplace.ModelRetired', { model: 3 }), event('system.ExtrinsicSuccess', {})];
  const [retired, ...others] = await marketEvents(events, asked);
  assert.deepEqual([retired, others], [{ event: 'other', name: 'marketplace.ModelRetired', data: { model: 3 } }, []]);
});
