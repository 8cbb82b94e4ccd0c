/** The commands of docs/own-a-model.md, one after the other, as they stand there; and what a sale is and is not. */
import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { encodeAddress } from '@polkadot/util-crypto';

import { AIRO, parseAmount } from '../../lib/market/amounts.ts';
import type { Account } from '../../lib/market/chain.ts';
import { readDocument } from '../../scripts/docs/markdown.ts';
import { resnetFolder } from '../../scripts/demo/marketplace.ts';
import { root } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';
import { startDxServer } from '../support/dx.ts';
import { temporaryFolder } from '../support/marketplace.ts';
import { startTestNode } from '../support/nodes.ts';
import { connectTo, contentId, description, developer, named } from './chain-library-support.ts';

test('a model is registered, changed, sold and retired by the commands of docs/own-a-model.md', async (t) => {
  const node = await startTestNode(t);
  const dx = await startDxServer(t, { chain: node.rpcUrl });
  const chain = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const cwd = await temporaryFolder(t);
  for (const name of ['model.onnx', 'description.json']) await copyFile(join(resnetFolder, name), join(cwd, name));
  await copyFile(join(root, 'test', 'fixtures', 'inference', 'classifier.onnx'), join(cwd, 'better.onnx'));
  await writeFile(join(cwd, 'wallet.txt'), '//Charlie\n', { mode: 0o600 });

  const { blocks } = await readDocument('docs/own-a-model.md');
  const shell = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
  assert.equal(shell.length, 7);
  const airo = `airo() { "${process.execPath}" "${join(root, 'cli', 'main.ts')}" "$@"; }`;
  const type = async (block: string | undefined, secret: string) => {
    const env = { AIRO_CHAIN: node.rpcUrl, AIRO_DX: dx.tcpAddress, AIRO_HOME: cwd, AIRO_SECRET: secret };
    const { code, output } = await run('bash', ['-euc', `${airo}\n${block ?? ''}`], { cwd, env });
    assert.equal(code, 0, `${block ?? ''}\n${output}`);
    const model = await chain.model(0);
    assert.ok(model);
    return { output, model };
  };
  const [register, royalty, publish, sell, buy, transfer, retire] = shell;

  const registered = await type(register, '//Charlie');
  assert.match(registered.output, /Model 0 belongs to .*\n.*ResNet MNIST/s);
  assert.equal(registered.model.royalty, parseAmount('0.01'));
  assert.equal((await type(royalty, '//Charlie')).model.royalty, parseAmount('0.02'));
  assert.equal((await type(publish, '//Charlie')).model.newest.version, 1);

  // The document's buyer is Bob, who gives the model back in the end.
  const [charlie, bob] = [
    '5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y',
    '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
  ];
  const price = parseAmount('250');
  await type(sell, '//Charlie');
  assert.deepEqual(await chain.sale(0), { price, reservedFor: bob });
  assert.match((await type('airo models', '//Bob')).output, / 250 +5FLSigC9/);
  const before = await chain.balance(charlie);
  const bought = await type(buy, '//Bob');
  assert.match(bought.output, /Model 0 is yours for 250 AIRO/);
  assert.equal(bought.model.owner, bob);
  assert.deepEqual([await chain.sale(0), (await chain.balance(charlie)).free], [null, before.free + price]);
  assert.equal((await type(transfer, '//Bob')).model.owner, charlie);
  assert.equal((await type(retire, '//Charlie')).model.retired, true);
});

test('a model is sold at the price that its buyer has seen, to whom its owner wants, or not at all', async (t) => {
  const node = await startTestNode(t);
  const chain = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const [seller, buyer, other] = await Promise.all(['Alice', 'Bob', 'Charlie'].map((name) => developer(chain, name)));
  assert.ok(seller && buyer && other);
  const sell = (price: bigint, reservedFor: string | null = null) =>
    seller.submit({ call: 'sellModel', model: 0, price, reservedFor });
  const buy = (account: Account, atMost: bigint) => account.submit({ call: 'buyModel', model: 0, atMost });
  const owner = async () => (await chain.model(0))?.owner;

  assert.equal(await chain.sale(0), null);
  const registration = { call: 'registerModel', content: contentId('model'), size: 1_000, description } as const;
  const registered = await seller.submit({ ...registration, royalty: AIRO });
  await assert.rejects(buy(buyer, AIRO), named('CallFailed', 'nfts.NotForSale: the model is not for sale'));

  await t.test('a price is set, seen at its block, and changed', async () => {
    const { events, block } = await sell(5n * AIRO);
    assert.deepEqual(events, [{ event: 'modelForSale', model: 0, price: 5n * AIRO, reservedFor: null }]);
    assert.deepEqual(await chain.events(block.hash), events);
    assert.deepEqual(await chain.sale(0, block.hash), { price: 5n * AIRO, reservedFor: null });
    assert.equal(await chain.sale(0, registered.block.hash), null);
    await assert.rejects(sell(0n), named('InvalidValue', 'for nothing'));
    await assert.rejects(buyer.submit({ call: 'unsellModel', model: 0 }), named('CallFailed', 'nfts.NoPermission'));
    await assert.rejects(buy(seller, 5n * AIRO), named('CallFailed', 'nobody buys an own one'));
  });

  await t.test('a price that was raised in between is not paid', async () => {
    const seen = (await chain.sale(0))?.price ?? 0n;
    const [before] = await Promise.all([chain.balance(buyer.address), sell(6n * AIRO)]);
    await assert.rejects(buy(buyer, seen), named('CallFailed', 'nfts.BidTooLow: the model costs more'));
    const { free } = await chain.balance(buyer.address);
    assert.ok(before.free - free < AIRO, 'the fee alone was paid');
    assert.equal(await owner(), seller.address);
  });

  await t.test('who has not enough money does not get it', async () => {
    const poor = await developer(chain, 'Poor');
    await other.submit({ call: 'transfer', to: poor.address, amount: 2n * AIRO });
    await assert.rejects(buy(poor, 6n * AIRO), named('CallFailed', 'balance'));
    assert.equal(await owner(), seller.address);
  });

  await t.test('a sale to one account is to nobody else, whatever network its address is written for', async () => {
    await sell(6n * AIRO, encodeAddress(buyer.address, 0));
    assert.deepEqual(await chain.sale(0), { price: 6n * AIRO, reservedFor: buyer.address });
    await assert.rejects(buy(other, 6n * AIRO), named('CallFailed', 'nfts.NoPermission'));
  });

  await t.test('what was lowered in between costs less, and money and model change hands at once', async () => {
    await sell(3n * AIRO, buyer.address);
    const before = await Promise.all([chain.balance(seller.address), chain.balance(buyer.address)]);
    const { events, fee, block } = await buy(buyer, 6n * AIRO);
    const sold = { event: 'modelSold', model: 0, price: 3n * AIRO, seller: seller.address, buyer: buyer.address };
    assert.deepEqual(events, [sold]);
    const after = await Promise.all([chain.balance(seller.address), chain.balance(buyer.address)]);
    assert.equal(after[0].free, before[0].free + 3n * AIRO);
    assert.equal(after[1].free, before[1].free - 3n * AIRO - fee);
    assert.deepEqual([await chain.sale(0, block.hash), await owner()], [null, buyer.address]);
    await assert.rejects(sell(AIRO), named('CallFailed', 'nfts.NoPermission'));
  });

  await t.test('taking it off sale and giving it away both end a sale', async () => {
    await buyer.submit({ call: 'sellModel', model: 0, price: AIRO, reservedFor: null });
    const { events } = await buyer.submit({ call: 'unsellModel', model: 0 });
    assert.deepEqual(events, [{ event: 'modelNotForSale', model: 0 }]);
    await buyer.submit({ call: 'sellModel', model: 0, price: AIRO, reservedFor: null });
    await buyer.submit({ call: 'transferModel', model: 0, to: other.address });
    assert.deepEqual([await chain.sale(0), await owner()], [null, other.address]);
  });
});
