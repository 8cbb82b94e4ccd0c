import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startRest, token } from './testing/rest.ts';

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly problems?: readonly string[];
}

interface Decided {
  readonly order: number | null;
  readonly action: string;
  readonly price: string | null;
  readonly rule: string;
  readonly reason: string;
}

const price = '0.0000000005 AIRO';

test('everything under /v1 needs the token, and says so as a problem', async (t) => {
  const { server } = await startRest(t, { isConnected: false });
  const headers = [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: `Basic ${token}` },
    { authorization: `Bearer ${token}x` },
    { authorization: token },
  ];
  for (const path of ['/v1/status', '/v1/config', '/v1/orders', '/v1/earnings']) {
    for (const header of headers) {
      const response = await server.inject({ url: path, headers: header });
      assert.equal(response.statusCode, 401, `${path} ${JSON.stringify(header)}`);
      assert.match(response.headers['content-type']?.toString() ?? '', /^application\/problem\+json/);
      assert.match(response.headers['www-authenticate']?.toString() ?? '', /^Bearer/);
      assert.equal(response.json<Problem>().type, 'urn:airo:problem:Unauthorized');
    }
  }
});

test('what changes something needs the token as well', async (t) => {
  const { server, settings } = await startRest(t);
  const posts = ['/v1/pause', '/v1/resume', '/v1/initialize', '/v1/dry-run'];
  for (const url of posts) assert.equal((await server.inject({ method: 'POST', url })).statusCode, 401, url);
  const patch = { method: 'PATCH', url: '/v1/config', payload: { paused: true } } as const;
  assert.equal((await server.inject(patch)).statusCode, 401);
  assert.equal(settings.current().paused, false);
});

test('health, readiness, the documentation and metrics need no token, unless metrics are configured to', async (t) => {
  const open = await startRest(t);
  for (const url of ['/healthz', '/readyz', '/metrics', '/docs', '/docs/json']) {
    assert.notEqual((await open.server.inject({ url })).statusCode, 401, url);
  }
  const closed = await startRest(t, { config: { api: { openMetrics: false } } });
  assert.equal((await closed.server.inject({ url: '/metrics' })).statusCode, 401);
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await closed.server.inject({ url: '/metrics', headers })).statusCode, 200);
});

test('while the chain is not reached the API is up, and says what it waits for', async (t) => {
  const { ask } = await startRest(t, { isConnected: false });
  assert.equal((await ask('GET', '/healthz')).status, 200);
  const ready = await ask<{ ready: boolean; checks: { detail: string }[] }>('GET', '/readyz');
  assert.equal(ready.status, 503);
  assert.equal(ready.body.ready, false);
  assert.match(ready.body.checks[0]?.detail ?? '', /the chain is not there/);
  const status = await ask<{ state: string; waitingFor: string }>('GET', '/v1/status');
  assert.deepEqual([status.body.state, status.body.waitingFor], ['connecting', 'the chain is not there']);
  for (const path of ['/v1/orders', '/v1/bids', '/v1/agreements', '/v1/earnings']) {
    const { status: code, body } = await ask<Problem>('GET', path);
    assert.equal(code, 503, path);
    assert.match(body.detail, /Not ready: the chain is not there/);
  }
  assert.equal((await ask('PATCH', '/v1/config', { paused: true })).status, 200);
});

test('a route that does not exist is a problem too', async (t) => {
  const { ask } = await startRest(t, { isConnected: false });
  const { status, body } = await ask<Problem>('GET', '/v1/ordres');
  assert.equal(status, 404);
  assert.match(body.detail, /There is no GET \/v1\/ordres/);
});

test('orders are shown with what was decided about them and why', async (t) => {
  const { world, ask } = await startRest(t);
  const good = await world.market.placeOrder({ maxPrice: 1_000n });
  const poor = await world.market.placeOrder({ maxPrice: 10n });
  await world.mineUntil('a bid', () => world.market.order(good)?.bids.length === 1);

  const { body } = await ask<{ orders: { id: number; bids: unknown[]; decision: Decided | null }[] }>(
    'GET',
    '/v1/orders',
  );
  const decisions = new Map(body.orders.map(({ id, decision }) => [id, decision]));
  assert.equal(decisions.get(good)?.price, price);
  assert.equal(decisions.get(poor)?.action, 'decline');
  assert.ok((decisions.get(poor)?.reason ?? '').length > 10);

  const one = await ask<{ order: { maxPrice: string }; decisions: Decided[] }>('GET', `/v1/orders/${good}`);
  assert.equal(one.body.order.maxPrice, '0.000000001 AIRO');
  const bid = one.body.decisions.find(({ action }) => action === 'bid');
  assert.deepEqual([bid?.price, (bid?.reason ?? '').length > 10], [price, true]);

  const bids = await ask<{ bids: { order: number; price: string; place: number; of: number }[] }>('GET', '/v1/bids');
  assert.deepEqual(
    bids.body.bids.map(({ order, price: own, place, of }) => [order, own, place, of]),
    [[good, price, 1, 1]],
  );

  const all = await ask<{ decisions: (Decided & { place: number })[] }>('GET', '/v1/decisions?limit=1');
  assert.equal(all.body.decisions.length, 1);
  const next = await ask<{ decisions: (Decided & { place: number })[] }>(
    'GET',
    `/v1/decisions?limit=100&before=${all.body.decisions[0]?.place ?? 0}`,
  );
  assert.ok(next.body.decisions.every(({ place }) => place < (all.body.decisions[0]?.place ?? 0)));
});

test('an order that never was is not found, and one that is over still has its decisions', async (t) => {
  const { world, ask } = await startRest(t);
  assert.equal((await ask('GET', '/v1/orders/99')).status, 404);
  assert.equal((await ask('GET', '/v1/orders/x')).status, 400);
  const order = await world.market.placeOrder();
  await world.mineUntil('a bid', () => world.market.order(order)?.bids.length === 1);
  await world.mineUntil('the end of the order', () => world.market.order(order) === null);
  const { body } = await ask<{ order: unknown; decisions: unknown[] }>('GET', `/v1/orders/${order}`);
  assert.equal(body.order, null);
  assert.ok(body.decisions.length > 0);
});

test('a dry run tells what would be decided about an open order, and bids on nothing', async (t) => {
  const { world, ask } = await startRest(t, { config: { paused: true } });
  const order = await world.market.placeOrder();
  await world.settle();
  const paused = await ask<Decided>('POST', '/v1/dry-run', { order });
  assert.equal(paused.status, 200);
  assert.equal(paused.body.action, 'decline');
  await world.mineUntil('the model', () => world.models.prepared.length > 0);
  assert.deepEqual(world.market.order(order)?.bids, []);
  assert.equal((await ask('POST', '/v1/dry-run', { order: 99 })).status, 404);
});

test('a dry run tells what would be decided about an order that nobody placed', async (t) => {
  const { world, ask } = await startRest(t);
  const order = await world.market.placeOrder();
  await world.mineUntil('a bid', () => world.market.order(order)?.bids.length === 1);
  const dear = { model: 0, inferences: 5, maxPrice: '0.000000001 AIRO' };
  const { status, body } = await ask<Decided>('POST', '/v1/dry-run', { hypothetical: dear });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.order, body.action, body.price], [null, 'bid', price]);
  const cheap = { ...dear, maxPrice: '0.0000000001 AIRO' };
  assert.equal((await ask<Decided>('POST', '/v1/dry-run', { hypothetical: cheap })).body.action, 'decline');
  assert.equal((await ask('POST', '/v1/dry-run', { hypothetical: { ...dear, model: 7 } })).status, 404);
});

test('what is sent in the wrong form is refused with each thing that is wrong', async (t) => {
  const { ask, settings } = await startRest(t);
  const wrong: [string, object, RegExp][] = [
    ['/v1/dry-run', {}, /either "order" or "hypothetical"/],
    ['/v1/dry-run', { order: 1, hypothetical: { model: 0, maxPrice: '1 AIRO' } }, /either "order" or "hypothetical"/],
    ['/v1/dry-run', { ordre: 1 }, /There is no "ordre"\. Did you mean "order"\?/],
    ['/v1/dry-run', { hypothetical: { model: 0, maxPrice: 5 } }, /hypothetical\.maxPrice: .*expected string/],
    ['/v1/config', { strategy: { kind: 'fixed', price: '1 DOT' } }, /strategy\.price: "1 DOT" is not an amount/],
    ['/v1/config', { modles: [] }, /There is no "modles"\. Did you mean "models"\?/],
    ['/v1/config', { stake: '1 AIRO' }, /There is no "stake"/],
    ['/v1/config', { models: [{ model: 1 }, { model: 1 }] }, /model 1 is listed twice/],
  ];
  const before = settings.current();
  for (const [path, body, message] of wrong) {
    const answer = await ask<Problem>(path === '/v1/config' ? 'PATCH' : 'POST', path, body);
    assert.equal(answer.status, 400, `${path} ${JSON.stringify(body)}`);
    assert.match(answer.body.detail, message);
    assert.ok((answer.body.problems ?? []).length > 0);
  }
  assert.deepEqual(settings.current(), before);
});

test('a changed strategy counts for the next decision, and shows where it comes from', async (t) => {
  const { world, ask } = await startRest(t);
  const strategy = { kind: 'fixed', price: '0.0000000007 AIRO' };
  const { status, body } = await ask<{ config: { strategy: object }; sources: Record<string, string> }>(
    'PATCH',
    '/v1/config',
    { strategy },
  );
  assert.equal(status, 200);
  assert.deepEqual(body.config.strategy, strategy);
  assert.deepEqual([body.sources.strategy, body.sources.models, body.sources.dryRun], ['api', 'file', 'default']);
  const order = await world.market.placeOrder();
  await world.mineUntil('a bid', () => world.market.order(order)?.bids.length === 1);
  assert.equal(world.market.order(order)?.bids[0]?.price, 700n);
  assert.deepEqual((await ask('GET', '/v1/config')).body, body);
});

test('a pause ends bidding and the resumption begins it again', async (t) => {
  const { world, ask } = await startRest(t);
  assert.deepEqual((await ask('POST', '/v1/pause')).body, { paused: true });
  const order = await world.market.placeOrder();
  await world.mineUntil('a decision', () => world.rules(order).length > 0);
  assert.deepEqual(world.market.order(order)?.bids, []);
  assert.equal((await ask<{ state: string }>('GET', '/v1/status')).body.state, 'paused');
  assert.deepEqual((await ask('POST', '/v1/resume')).body, { paused: false });
  await world.mineUntil('a bid', () => world.market.order(order)?.bids.length === 1);
});

test('agreements, executions and earnings are shown, page by page', async (t) => {
  const { world, ask } = await startRest(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'one', 'two', 'three');
  await world.mineUntil('the answers', () => world.market.agreement(agreement).counts.delivered === 3);
  await world.mineUntil('the journal', () => world.events.filter(isAnswered).length === 3);

  const { body } = await ask<{ agreements: { id: number; earned: string; state: string }[]; next: unknown }>(
    'GET',
    '/v1/agreements?state=active',
  );
  // Three times 500, less the market's fee of one per cent of each.
  assert.deepEqual(
    body.agreements.map(({ id, earned, state }) => [id, earned, state]),
    [[agreement, '0.000000001485 AIRO', 'active']],
  );
  assert.equal(body.next, null);
  assert.equal((await ask<{ quota: number }>('GET', `/v1/agreements/${agreement}`)).body.quota, 10);
  assert.equal((await ask('GET', '/v1/agreements/99')).status, 404);

  const first = await ask<{ executions: { index: number; place: number; stage: string; output: object }[] }>(
    'GET',
    `/v1/executions?agreement=${agreement}&stage=answered&limit=2`,
  );
  assert.equal(first.body.executions.length, 2);
  const second = await ask<{ executions: { index: number }[] }>(
    'GET',
    `/v1/executions?agreement=${agreement}&before=${first.body.executions.at(-1)?.place ?? 0}`,
  );
  const indices = [...first.body.executions, ...second.body.executions].map(({ index }) => index);
  assert.deepEqual(new Set(indices), new Set([0, 1, 2]));
  assert.equal((await ask('GET', '/v1/executions?stage=done')).status, 400);

  const earned = await ask<{ earned: string; agreements: unknown[] }>('GET', '/v1/earnings');
  assert.equal(earned.body.earned, '0.000000001485 AIRO');
  assert.equal(earned.body.agreements.length, 1);
});

const isAnswered = (event: { event: string; execution?: { stage: string } }) =>
  event.event === 'execution' && event.execution?.stage === 'answered';

test('metrics count decisions, bids, agreements and executions', async (t) => {
  const { world, server } = await startRest(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'one');
  await world.mineUntil('the answer', () => world.events.some(isAnswered));
  await world.market.placeOrder({ maxPrice: 10n });
  await world.mineUntil('a decision', () => world.rules(1).length > 0);
  const text = (await server.inject({ url: '/metrics' })).body;
  for (const line of [
    /^wingman_decisions_total\{action="bid",rule="\S+"\} 1$/m,
    /^wingman_decisions_total\{action="decline",rule="\S+"\} 1$/m,
    /^wingman_bid_transactions_total\{result="included"\} 1$/m,
    /^wingman_agreements_total\{event="opened"\} 1$/m,
    /^wingman_executions_total\{outcome="answered",failure=""\} 1$/m,
    /^wingman_execution_stage_seconds_count\{stage="executed"\} 1$/m,
    /^wingman_open_agreements 1$/m,
    /^wingman_models_ready 1$/m,
    /^wingman_chain_connected 1$/m,
    /^wingman_chain_block\{head="best"\} \d+$/m,
    /^wingman_balance_airo\{account="provider",kind="free"\} 0$/m,
  ]) {
    assert.match(text, line);
  }
});

test('metrics are there also while the chain is not', async (t) => {
  const { world, server } = await startRest(t);
  world.market.isDown = true;
  const { statusCode, body } = await server.inject({ url: '/metrics' });
  assert.equal(statusCode, 200);
  assert.doesNotMatch(body, /wingman_balance_airo\{/);
});

test('readiness names what is missing until nothing is', async (t) => {
  const { world, ask } = await startRest(t);
  await world.mineUntil('the model', () => world.models.prepared.length > 0);
  await world.mine(3);
  const ready = await ask<{ ready: boolean; checks: { check: string; ok: boolean; detail: string }[] }>(
    'GET',
    '/readyz',
  );
  assert.equal(ready.status, 200, JSON.stringify(ready.body));

  const stranger = await startRest(t, { account: 'nobody', config: { models: [] } });
  stranger.world.market.mine();
  await stranger.world.settle();
  const { status, body } = await stranger.ask<typeof ready.body>('GET', '/readyz');
  assert.equal(status, 503);
  const missing = body.checks.filter(({ ok }) => !ok).map(({ check, detail }) => `${check}: ${detail}`);
  assert.deepEqual(missing, [
    'models: no model is configured',
    'registration: nobody is no provider yet; POST /v1/initialize',
    'offers: nobody is no provider yet; POST /v1/initialize',
  ]);
});
