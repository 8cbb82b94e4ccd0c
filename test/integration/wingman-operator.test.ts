import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { accountFromSecret, connectChain } from '../../lib/chain/index.ts';
import { placeOrder } from '../../lib/consumer/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Balance, Hex, Profile } from '../../lib/market/types.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { commandLine } from '../support/airo.ts';
import { connectApi } from '../support/api.ts';
import { afterwards } from '../support/cleanup.ts';
import { endUnstakeDelay } from '../support/leaving.ts';
import { fixed, inferAll, royalty, startTestMarket, temporaryFolder } from '../support/marketplace.ts';
import { startTestNode } from '../support/nodes.ts';
import { startTestWingman } from '../support/wingman.ts';

interface Status {
  readonly provider: string;
  readonly signer: string;
  readonly profile: { readonly name: string; readonly key: Hex; readonly peer: string; readonly peerProof: Hex } | null;
}

test('with an operator key it says what the wallet has to do, and is content once that is done', async (t) => {
  const node = await startTestNode(t);
  const chain = await connectChain({ kind: 'websocket', url: node.rpcUrl, signal: t.signal });
  afterwards(t, () => chain.close());
  const wallet = chain.account(await accountFromSecret('//Dave'));
  const key = chain.account(await accountFromSecret('//Eve'));
  const wingman = await startTestWingman(t, {
    config: {
      chain: { urls: [node.rpcUrl] },
      dx: { listen: [] },
      account: { provider: wallet.address },
      profile: { name: 'Dave' },
    },
    secret: '//Eve',
  });
  const { provider, signer, profile } = await waitFor(
    async () => {
      const status = await wingman.api<Status>('GET', '/v1/status');
      return status.profile !== null && status;
    },
    { what: 'the profile', timeoutMs: 60_000, signal: t.signal },
  );
  assert.deepEqual([provider, signer], [wallet.address, key.address]);
  const initialize = () => wingman.api<{ steps: { step: string; result: string }[] }>('POST', '/v1/initialize');
  await assert.rejects(initialize(), /409 .*is no provider yet, and an operator key cannot make it one/);

  // The chain itself checks that the profile's peer has signed for this account.
  assert.ok(profile !== null);
  const registered: Profile = {
    name: profile.name,
    key: { scheme: 0, material: { inline: profile.key } },
    peer: profile.peer,
    peerProof: profile.peerProof,
    kind: 'server',
  };
  await wallet.submit({ call: 'registerProvider', profile: registered, operator: null, stake: 100n * AIRO });
  await assert.rejects(initialize(), /409 .*is not the operator of/);

  const operator = { account: key.address, floorPrice: AIRO, maxOpen: 3 };
  await wallet.submit({ call: 'setOperator', operator });
  const { steps } = await initialize();
  assert.deepEqual(
    steps.map(({ step, result }) => `${step} ${result}`),
    ['operator already', 'models waiting'],
  );

  await wallet.submit({
    call: 'updateProfile',
    profile: { ...registered, key: { scheme: 0, material: { inline: `0x${'08'.repeat(32)}` } } },
  });
  await assert.rejects(initialize(), /409 .*names another key or Dx peer than this Wingman has/);
});

interface Decided {
  readonly action: string;
  readonly rule: string;
  readonly reason: string;
}

test('an operator key works within its bounds, the account keeps stake and earnings, and revoking stops it', async (t) => {
  const { market, consumer, images, agree } = await startTestMarket(t);
  const [wallet, key] = await Promise.all([market.account('//Dave'), market.account('//Eve//operator')]);
  const wingman = await market.wingman({
    secret: '//Eve//operator',
    config: {
      account: { provider: wallet.address },
      profile: { name: 'Dave' },
      models: [{ model: 0 }],
      strategy: fixed('0.1 AIRO'),
    },
  });
  const file = join(await temporaryFolder(t), 'status.json');
  const airo = commandLine(t, { AIRO_CHAIN: market.node.rpcUrl, AIRO_HOME: await temporaryFolder(t) });
  const dave = ['--dev-account', 'dave'] as const;
  const decided = async (id: number, rule: string) => {
    const asked = async () => {
      const { decisions } = await wingman.api<{ decisions: Decided[] }>('GET', `/v1/orders/${id}`);
      return decisions.find((decision) => decision.rule === rule);
    };
    return waitFor(asked, { what: `the decision ${rule}`, timeoutMs: 60_000, everyMs: 100, signal: t.signal });
  };

  await t.test('one command registers the account with the keys of the Wingman and its operator key', async () => {
    const status = await waitFor(
      async () => {
        const seen = await wingman.api<Status>('GET', '/v1/status');
        return seen.profile !== null && seen;
      },
      { what: 'the profile', timeoutMs: 60_000, signal: t.signal },
    );
    await writeFile(file, JSON.stringify(status));
    await airo.fails(2, /is of a Wingman that works for/, 'provider', 'register', file, '--dev-account', 'ferdie');
    await airo.fails(1, /is no provider yet/, 'operator', 'remove', ...dave);
    const options = ['--stake', '200', '--floor', '0.05', '--max-open', '3', '--top-up', '1', ...dave] as const;
    const { calls } = await airo.json<{ calls: string[] }>('provider', 'register', file, ...options);
    assert.deepEqual(calls, ['registerProvider', 'transfer']);
    const again = await airo.run('provider', 'register', file, '--stake', '200', ...dave);
    assert.match(again.out, /Nothing had to be done/);
    assert.equal((await market.chain.balance(key.address)).free, AIRO);
    assert.deepEqual((await market.chain.provider(wallet.address))?.operator, {
      account: key.address,
      floorPrice: AIRO / 20n,
      maxOpen: 3,
    });
  });

  await t.test('the account offers the model, which the key cannot', async () => {
    await assert.rejects(key.submit({ call: 'announce', model: 0, version: 0, timeMicroseconds: 1 }), {
      error: 'marketplace.NotAProvider',
    });
    const { timeMs } = await waitFor(
      async () => {
        const { models } = await wingman.api<{ models: { timeMs: number | null }[] }>('GET', '/v1/models');
        const [first] = models;
        return typeof first?.timeMs === 'number' && { timeMs: first.timeMs };
      },
      { what: 'the model to be measured', timeoutMs: 60_000, signal: t.signal },
    );
    await airo.json('provider', 'announce', '0', timeMs.toFixed(3), ...dave);
    await wingman.ready();
  });

  await t.test('the key bids and answers for its fees; stake and earnings are the account’s', async () => {
    const before = await market.chain.balance(wallet.address);
    const { id, provider, price, fee, responder } = await agree({ inferences: 4 });
    assert.deepEqual([provider, responder, price], [wallet.address, key.address, AIRO / 10n]);
    const results = await inferAll(t, consumer, id, images.slice(0, 4));
    assert.deepEqual(
      results.map(({ state }) => state),
      ['answered', 'answered', 'answered', 'answered'],
    );
    const after = await market.chain.balance(wallet.address);
    assert.equal(total(after) - total(before), 4n * (price - royalty - fee));
    const { free } = await market.chain.balance(key.address);
    assert.ok(free < AIRO && free > (AIRO * 9n) / 10n, `the key has ${free} left`);
    assert.equal((await market.chain.provider(wallet.address))?.stake, 200n * AIRO);
    await assert.rejects(key.submit({ call: 'withdrawStake' }), { name: 'CallFailed' });
  });

  await t.test('a bid below the floor is refused by the chain, and the Wingman does not try', async () => {
    await wingman.api('PATCH', '/v1/config', { strategy: fixed('0.02 AIRO') });
    const wish = { model: 0, inferences: 1, maxPrice: AIRO / 2n, biddingPeriod: 60 };
    const { order: id } = await placeOrder(consumer, wish);
    const { action, reason } = await decided(id, 'operatorFloor');
    t.diagnostic(`${action}: ${reason}`);
    await assert.rejects(key.submit({ call: 'placeBid', order: id, price: AIRO / 50n }), {
      error: 'marketplace.BelowFloor',
    });
    await consumer.chain.account.submit({ call: 'cancelOrder', order: id });
    await wingman.api('PATCH', '/v1/config', { strategy: fixed('0.1 AIRO') });
  });

  await t.test('the account keeps the bounds where it wants them', async () => {
    await airo.fails(1, /Wrong|checksum|address/i, 'operator', 'set', 'nobody', '--floor', '1', ...dave);
    const { calls } = await airo.json<{ calls: string[] }>('operator', 'set', key.address, '--floor', '0.06', ...dave);
    assert.deepEqual(calls, ['setOperator']);
    const { operator } = (await market.chain.provider(wallet.address)) ?? {};
    assert.deepEqual([operator?.floorPrice, operator?.maxOpen], [(AIRO * 6n) / 100n, 3]);
  });

  await t.test('a key that is revoked neither bids nor answers, and the Wingman says so', async () => {
    const open = await agree({ inferences: 2, responseDeadline: 20 });
    const { calls } = await airo.json<{ calls: string[] }>('operator', 'remove', ...dave);
    assert.deepEqual(calls, ['setOperator', 'replaceOperator']);
    assert.equal((await market.chain.agreement(open.id))?.responder, null);
    const { order: id } = await placeOrder(consumer, { model: 0, inferences: 1, maxPrice: AIRO / 2n });
    const { reason } = await decided(id, 'notTheOperator');
    assert.match(reason, /is not the operator key of/);
    await assert.rejects(key.submit({ call: 'placeBid', order: id, price: AIRO / 10n }), { name: 'CallFailed' });
    const [result] = await inferAll(t, consumer, open.id, images.slice(0, 1));
    assert.equal(result?.state, 'missed');
    assert.match(wingman.log(), /may not answer for agreement/);
    await assert.rejects(wingman.api('POST', '/v1/initialize'), /409 .*is not the operator of/);
    const nothing = await airo.run('operator', 'remove', ...dave);
    assert.match(nothing.out, /Nothing had to be done/);
  });

  await t.test('who leaves gets the stake when nothing is open and the time is over', async () => {
    await airo.fails(1, /still in the market\. Leave it first/, 'provider', 'unstake', ...dave);
    await airo.run('provider', 'withdraw', '0', ...dave);
    assert.deepEqual((await market.chain.provider(wallet.address))?.models, []);
    const { out } = await airo.run('provider', 'leave', ...dave);
    // The miss before has cost 0.05 AIRO of the 200.
    assert.match(out, /leaves the market\..*\n.* 199\.95 AIRO is free in .*\(1 agreement\)/);
    for (const { agreement } of await market.chain.agreementsOf(wallet.address)) {
      if (agreement.state.kind !== 'active') continue;
      await consumer.chain.account.submit({ call: 'endAgreement', agreement: agreement.id });
    }
    await airo.fails(1, /The stake is free in \d+ min/, 'provider', 'unstake', ...dave);
    await endUnstakeDelay(await connectApi(t, market.node), wallet.address);
    const before = await market.chain.balance(wallet.address);
    await airo.json('provider', 'unstake', ...dave);
    assert.equal(await market.chain.provider(wallet.address), null);
    const after = await market.chain.balance(wallet.address);
    assert.ok(after.free - before.free > 199n * AIRO, `It got ${after.free - before.free}.`);
    await airo.fails(1, /is no provider yet/, 'provider', 'unstake', ...dave);
  });
});

function total({ free, held }: Balance): bigint {
  return held.reduce((sum, { amount }) => sum + amount, free);
}
