import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { Call, Included, MarketEvent } from '../lib/market/chain.ts';
import { AIRO } from '../lib/market/amounts.ts';
import type { Sale } from '../lib/market/types.ts';
import { startCommands } from './testing/context.ts';

/** Commands on a market in which model 0 is for sale like this, and what they send; buying costs the sale's price. */
async function startSale(
  t: TestContext,
  sale: Sale | null,
  model: { readonly retired?: boolean; owner?: string } = {},
) {
  const airo = await startCommands(t, []);
  const known = airo.chain.models_.get(0);
  assert.ok(known);
  airo.chain.models_.set(0, { ...known, ...model });
  if (sale !== null) airo.chain.sales.set(0, sale);
  const sent: Call[] = [];
  const submit = (call: Call): Promise<Included> => {
    sent.push(call);
    const sold: MarketEvent = { event: 'modelSold', model: 0, price: 4n * AIRO, seller: 'owner', buyer: 'consumer' };
    const events = call.call === 'buyModel' ? [sold] : [];
    return Promise.resolve({ block: { number: 7, hash: '0x07' }, transaction: '0x01', fee: 3n, events });
  };
  Object.assign(airo.chain.account, { submit });
  return { ...airo, sent };
}

const anybody: Sale = { price: 5n * AIRO, reservedFor: null };

test('a model is put up for sale to anybody or to somebody, and taken off sale', async (t) => {
  const airo = await startSale(t, anybody);
  const { out } = await airo.run('model', 'sell', '0', '250');
  assert.equal(out, 'Model 0 is for sale for 250 AIRO, to anybody (in block 7, not final yet).\n');
  const { out: reserved } = await airo.run('model', 'sell', '0', '0.000000000001', '--to', 'somebody');
  assert.match(reserved, /for 0\.000000000001 AIRO, to somebody only/);
  assert.match((await airo.run('model', 'unsell', '0')).out, /Model 0 is not for sale any more/);
  assert.deepEqual(airo.sent, [
    { call: 'sellModel', model: 0, price: 250n * AIRO, reservedFor: null },
    { call: 'sellModel', model: 0, price: 1n, reservedFor: 'somebody' },
    { call: 'unsellModel', model: 0 },
  ]);
});

test('a price that is none, a buyer who is the seller and a sale that is not there are refused unsent', async (t) => {
  const airo = await startSale(t, null);
  const wrong: [string[], RegExp][] = [
    [['sell', '0', '0'], /PRICE must be more than 0.*airo model transfer/],
    [['sell', '0', '-1'], /-1/],
    [['sell', '0', '1.0000000000001'], /PRICE must be an amount.*at most 12 decimals/],
    [['sell', '0', '1,5'], /PRICE must be an amount/],
    [['sell', '0', '5', '--to', 'consumer'], /--to is you/],
    [['unsell', '0'], /Model 0 is not for sale/],
    [['buy', '0'], /Model 0 is not for sale\. Its owner is owner\./],
    [['buy', '9'], /no model 9/],
  ];
  for (const [words, message] of wrong) await assert.rejects(airo.run('model', ...words), { message });
  assert.deepEqual(airo.sent, []);
});

test('a model is bought at no more than was seen, and what was paid is said', async (t) => {
  const airo = await startSale(t, anybody);
  const bought = await airo.run('model', 'buy', '0');
  assert.equal(bought.out, 'Model 0 is yours for 4 AIRO (in block 7, not final yet).\n');
  const { out } = await airo.run('model', 'buy', '0', '--at-most', '6', '--json');
  const { price, seller } = JSON.parse(out) as { readonly price: string; readonly seller: string };
  assert.deepEqual([price, seller], [`${4n * AIRO}`, 'owner']);
  assert.deepEqual(airo.sent, [
    { call: 'buyModel', model: 0, atMost: 5n * AIRO },
    { call: 'buyModel', model: 0, atMost: 6n * AIRO },
  ]);
});

test('what the chain would refuse, or what is worth little, is not bought', async (t) => {
  const dear = await startSale(t, anybody);
  await assert.rejects(dear.run('model', 'buy', '0', '--at-most', '4.9'), {
    message: /costs 5 AIRO, .* than 4\.9 AIRO/,
  });
  const reserved = await startSale(t, { ...anybody, reservedFor: 'somebody' });
  await assert.rejects(reserved.run('model', 'buy', '0'), { message: /for sale to somebody only/ });
  const own = await startSale(t, anybody, { owner: 'consumer' });
  await assert.rejects(own.run('model', 'buy', '0'), { message: /yours already/ });
  const retired = await startSale(t, anybody, { retired: true });
  await assert.rejects(retired.run('model', 'buy', '0'), { message: /retired.*--retired/ });
  for (const { sent } of [dear, reserved, own, retired]) assert.deepEqual(sent, []);
  await retired.run('model', 'buy', '0', '--retired');
  assert.equal(retired.sent.length, 1);
});

test('the price of what is for sale is shown', async (t) => {
  const airo = await startSale(t, anybody);
  assert.match((await airo.run('models')).out, /FOR SALE \(AIRO\) +OWNER\n +0 .* 5 +owner\n/);
  assert.match((await airo.run('model', 'show', '0')).out, /\nFor sale +for 5 AIRO, to anybody\n/);
  airo.chain.sales.clear();
  assert.doesNotMatch((await airo.run('models')).out, /FOR SALE/);
  const { out } = await airo.run('model', 'show', '0', '--json');
  assert.equal((JSON.parse(out) as { readonly sale: unknown }).sale, null);
  assert.match((await airo.run('model', 'show', '0')).out, /\nFor sale +no\n/);
});
