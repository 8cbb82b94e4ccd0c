import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { frame } from '../inference/message.ts';
import { encodeRequest } from '../inference/open-inference.ts';
import { toNumbers } from '../inference/tensor.ts';
import { CallFailed } from '../market/errors.ts';
import type { Answer } from '../market/types.ts';
import { infer, resume } from './infer.ts';
import { acceptBids, placeOrder } from './orders.ts';
import { settlement } from './settlement.ts';
import { numbers, startMarket, type Behaviour, type TestParts } from './testing/parts.ts';
import type { InferenceEvent, InferenceResult, Input } from './types.ts';

const inputs = (count: number): Input[] =>
  Array.from({ length: count }, (_, i) => ({ label: `input ${i}`, request: numbers(i, i + 0.5) }));

/** An agreement about so many inferences with the first provider. */
async function agree(
  t: TestContext,
  inferences: number,
  behaviour: Behaviour = {},
  terms: { readonly maxInFlight?: number; readonly lifetime?: number; readonly responseDeadline?: number } = {},
): Promise<TestParts & { readonly agreement: number }> {
  const parts = await startMarket(t, [behaviour]);
  const { order } = await placeOrder(parts, { model: 0, inferences, maxPrice: 100n, ...terms });
  await parts.chain.order(order);
  const { agreements } = await acceptBids(parts.chain, order, ['provider 0']);
  return { ...parts, agreement: agreements[0]?.id ?? -1 };
}

async function all(results: AsyncIterable<InferenceResult>): Promise<InferenceResult[]> {
  const found: InferenceResult[] = [];
  for await (const result of results) found.push(result);
  return found.sort((a, b) => (a.input ?? a.index ?? 0) - (b.input ?? b.index ?? 0));
}

const states = (results: readonly InferenceResult[]) => results.map(({ state }) => state);

test('every input is answered, decrypted, checked and paid, and nothing is left to remember', async (t) => {
  const parts = await agree(t, 30);
  const events: InferenceEvent[] = [];
  const onEvent = (event: InferenceEvent) => events.push(event);
  const results = await all(infer(parts, parts.agreement, inputs(30), { onEvent }));
  results.forEach((result, i) => {
    assert.ok(result.state === 'answered');
    assert.deepEqual([result.label, result.input, result.paid], [`input ${i}`, i, 50n]);
    assert.deepEqual([...toNumbers(result.response.outputs[0] ?? assert.fail())], [2 * i, 2 * i + 1]);
    const { sealed, uploaded, requested, answered, downloaded, opened } = result.times;
    const times = [sealed, uploaded, requested, answered, downloaded, opened].map((time) => time ?? assert.fail());
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });
  assert.equal(new Set(results.map(({ index }) => index)).size, 30);
  assert.equal(parts.chain.ledger.providers, 30n * (50n - 5n));
  assert.deepEqual(parts.store.requests, []);
  assert.equal(events.filter((event) => event.event === 'stage' && event.stage === 'opened').length, 30);
});

test('no batch is longer than the market allows, and no more is in flight than agreed', async (t) => {
  const parts = await agree(t, 20, {}, { maxInFlight: 3 });
  assert.deepEqual(new Set(states(await all(infer(parts, parts.agreement, inputs(20))))), new Set(['answered']));
  const batches = parts.chain.calls.flatMap((call) => (call.call === 'request' ? [call.payloads.length] : []));
  assert.ok(Math.max(...batches) <= 3, String(batches));
});

test('a failure names its code, whose fault it is and what to do, and is refunded', async (t) => {
  const codes = ['InvalidTensor', 'Overloaded'] as const;
  const parts = await agree(t, 2, {
    answer: (_, { index }) => Promise.resolve({ failure: codes[index] ?? 'Internal' }),
  });
  const results = await all(infer(parts, parts.agreement, inputs(2)));
  assert.deepEqual(
    results.map((result) => result.state === 'failed' && [result.code, result.fault, result.refunded]),
    [
      ['InvalidTensor', 'consumer', 50n],
      ['Overloaded', 'provider', 50n],
    ],
  );
  assert.match((results[0] as { explanation: string }).explanation, /shape/);
  assert.equal(parts.chain.ledger.providers, 0n);
});

test('what is not answered in time is missed and refunded, and the rest is answered', async (t) => {
  const parts = await agree(t, 4, { answer: (honest, { index }) => (index === 1 ? Promise.resolve(null) : honest()) });
  const results = await all(infer(parts, parts.agreement, inputs(4)));
  assert.deepEqual(states(results), ['answered', 'missed', 'answered', 'answered']);
  assert.equal((results[1] as { refunded: bigint }).refunded, 50n);
});

test('when the provider abandons the agreement, what it owes is missed and the rest is not sent', async (t) => {
  const parts = await agree(t, 10, { answer: () => Promise.resolve(null) }, { maxInFlight: 2 });
  parts.chain.onBlock = (market) => {
    if (market.calls.some(({ call }) => call === 'request')) {
      market.onBlock = () => market.end(parts.agreement, 'abandoned');
    }
  };
  const results = await all(infer(parts, parts.agreement, inputs(5)));
  assert.deepEqual(states(results).sort(), ['missed', 'missed', 'notSent', 'notSent', 'notSent']);
  const unsent = results.find(({ state }) => state === 'notSent');
  assert.match((unsent as { explanation: string }).explanation, /abandoned.*new order/);
});

test('inputs beyond the quota are not sent, and cost nothing', async (t) => {
  const parts = await agree(t, 3);
  const results = await all(infer(parts, parts.agreement, inputs(5)));
  assert.deepEqual(states(results), ['answered', 'answered', 'answered', 'notSent', 'notSent']);
  assert.equal(parts.chain.ledger.providers, 3n * 45n);
});

test('nothing is sent when an answer could not come before the agreement ends', async (t) => {
  const parts = await agree(t, 3, {}, { lifetime: 16, responseDeadline: 15 });
  await new Promise<void>((resolve) => {
    parts.chain.onBlock = () => resolve();
  });
  const [result] = await all(infer(parts, parts.agreement, inputs(1)));
  assert.ok(result?.state === 'notSent');
  assert.match(result.explanation, /too soon|ended/);
});

test('a payload that cannot be uploaded is not sent, and those behind it move up', async (t) => {
  const parts = await agree(t, 10);
  const large = { label: 'large', request: numbers(...new Array<number>(1_000).fill(1)) };
  const isLarge = (data: Uint8Array) => data.length > 4_000;
  parts.dx.uploadsFail = isLarge;
  const results = await all(infer(parts, parts.agreement, inputs(6).with(2, large)));
  assert.deepEqual(states(results), ['answered', 'answered', 'notSent', 'answered', 'answered', 'answered']);
  assert.match((results[2] as { explanation: string }).explanation, /could not be put on Dx/);
  assert.deepEqual(results.map(({ index }) => index).sort(), [0, 1, 2, 3, 4, null]);
});

test('places that another process takes meanwhile are left to it, and the payloads sealed anew', async (t) => {
  const parts = await agree(t, 30, {}, { maxInFlight: 8 });
  let intrusions = 0;
  parts.chain.onBlock = (market) => {
    if (intrusions >= 5 || !market.calls.some(({ call }) => call === 'request')) return;
    intrusions += 1;
    try {
      market.intrude(parts.agreement, ['bafkreiintruder']);
    } catch (error) {
      assert.ok(error instanceof CallFailed);
    }
  };
  const results = await all(infer(parts, parts.agreement, inputs(20)));
  results.forEach((result, i) => {
    assert.ok(result.state === 'answered', result.state);
    assert.equal(toNumbers(result.response.outputs[0] ?? assert.fail())[0], 2 * i);
  });
  assert.ok(intrusions > 0);
  assert.deepEqual(parts.store.requests, []);
});

test('a batch that is registered although its transaction got lost is not registered twice', async (t) => {
  const parts = await agree(t, 4);
  parts.chain.mishaps.push('includedButLost');
  assert.deepEqual(new Set(states(await all(infer(parts, parts.agreement, inputs(4))))), new Set(['answered']));
  assert.equal((await parts.chain.agreement(parts.agreement))?.counts.requested, 4);
});

test('a batch whose transaction really got lost is sent again', async (t) => {
  const parts = await agree(t, 4);
  parts.chain.mishaps.push('lost');
  assert.deepEqual(new Set(states(await all(infer(parts, parts.agreement, inputs(4))))), new Set(['answered']));
});

test('a lost batch that cannot be sent again is found when its first transaction gets through', async (t) => {
  const parts = await agree(t, 4);
  const refused = Object.assign(new Error('It cannot be sent now.'), { name: 'TransactionRefused' });
  parts.chain.mishaps.push('delayed', refused);
  assert.deepEqual(new Set(states(await all(infer(parts, parts.agreement, inputs(4))))), new Set(['answered']));
  assert.equal((await parts.chain.agreement(parts.agreement))?.counts.requested, 4);
});

for (const reason of ['known', 'expired'] as const) {
  test(`a batch whose transaction the pool calls ${reason} is sent again, and paid once`, async (t) => {
    const parts = await agree(t, 4);
    const refused = () => Object.assign(new Error('Refused.'), { name: 'TransactionRefused', reason });
    parts.chain.mishaps.push(refused(), 'delayed', refused());
    assert.deepEqual(new Set(states(await all(infer(parts, parts.agreement, inputs(4))))), new Set(['answered']));
    assert.equal((await parts.chain.agreement(parts.agreement))?.counts.requested, 4);
    assert.equal(parts.chain.ledger.providers, 4n * 45n);
  });
}

test('a batch whose transaction got lost is not called unsent for good when nobody signs another one', async (t) => {
  const parts = await agree(t, 4);
  parts.chain.mishaps.push('lost', Object.assign(new Error('You did not sign.'), { name: 'Cancelled' }));
  const results = await all(infer(parts, parts.agreement, inputs(2), { keep: true }));
  for (const result of results) assert.ok(result.state === 'notSent' && !result.final);
  assert.equal(parts.store.requests.length, 2);
  assert.deepEqual(states(await all(resume(parts, parts.agreement, { again }))), ['answered', 'answered']);
});

test('a batch that the chain refuses for another reason is not sent, and the reason is passed on', async (t) => {
  const parts = await agree(t, 4);
  parts.chain.mishaps.push(new CallFailed('execution.InsufficientBalance', 'Top it up.'));
  const results = await all(infer(parts, parts.agreement, inputs(2)));
  assert.deepEqual(states(results), ['notSent', 'notSent']);
  assert.match((results[0] as { explanation: string }).explanation, /Top it up/);
  assert.deepEqual(parts.store.requests, []);
});

const noMoney = () => Object.assign(new Error('The key has no money.'), { name: 'CannotPayFees' });

test('what nobody can pay the fee for waits, and goes on by itself when there is money', async (t) => {
  const parts = await agree(t, 3);
  parts.chain.mishaps.push(noMoney(), noMoney(), noMoney());
  const events: InferenceEvent[] = [];
  const onEvent = (event: InferenceEvent) => events.push(event);
  const results = await all(infer(parts, parts.agreement, inputs(3), { onEvent }));
  assert.deepEqual(states(results), ['answered', 'answered', 'answered']);
  const troubles = events.flatMap((event) => (event.event === 'trouble' ? [event.error.name] : []));
  assert.deepEqual(troubles, ['CannotPayFees', 'CannotPayFees', 'CannotPayFees']);
  assert.equal(parts.chain.ledger.providers, 3n * 45n);
});

test('it waits no longer than the agreement takes requests', async (t) => {
  const parts = await agree(t, 1);
  parts.chain.mishaps.push(...Array.from({ length: 1_000 }, noMoney));
  const onEvent = ({ event }: InferenceEvent) => {
    if (event === 'trouble' && parts.chain.calls.length === 5) parts.chain.end(parts.agreement, 'byConsumer');
  };
  const [result] = await all(infer(parts, parts.agreement, inputs(1), { onEvent }));
  assert.ok(result?.state === 'notSent');
  assert.deepEqual([result.final, parts.store.requests], [true, []]);
  assert.match(result.explanation, /The key has no money/);
});

test('requests whose block was replaced by one without them are sent again', async (t) => {
  const parts = await agree(t, 4, {}, { responseDeadline: 40 });
  let replaced = false;
  parts.chain.onBlock = (market) => {
    if (replaced || !market.calls.some(({ call }) => call === 'request')) return;
    market.onBlock = (later) => {
      replaced = true;
      later.onBlock = () => undefined;
      later.replace(1);
    };
  };
  const results = await all(infer(parts, parts.agreement, inputs(4)));
  assert.ok(replaced);
  results.forEach((result, i) => {
    assert.ok(result.state === 'answered', result.state);
    assert.equal(toNumbers(result.response.outputs[0] ?? assert.fail())[0], 2 * i);
  });
});

test('a connection to the chain that comes and goes delays, and breaks nothing', async (t) => {
  const parts = await agree(t, 6);
  const troubles: string[] = [];
  let broken = 0;
  const results = await all(
    infer(parts, parts.agreement, inputs(6), {
      onEvent: (event) => {
        if (event.event === 'trouble') troubles.push(event.error.name);
        else if (broken++ < 3) parts.chain.unavailable = 2;
      },
    }),
  );
  assert.deepEqual(new Set(states(results)), new Set(['answered']));
  assert.ok(troubles.includes('ChainUnavailable'));
});

test('a result that cannot be fetched, opened or believed is named, and was paid', async (t) => {
  const spoilers: [Behaviour, string, RegExp][] = [
    [{ answer: gone }, 'resultMissing', /could not be fetched/],
    [{ spoil: (result) => result.map((byte) => byte ^ 1) }, 'resultCorrupt', /committed/],
    [{ commit: () => `0x${'00'.repeat(32)}` }, 'resultCorrupt', /committed/],
    [{ answer: foreign }, 'resultCorrupt', /another key or another place|too short/],
  ];
  for (const [behaviour, state, message] of spoilers) {
    const parts = await agree(t, 1, behaviour);
    const [result] = await all(infer(parts, parts.agreement, inputs(1)));
    assert.equal(result?.state, state);
    assert.match((result as { explanation: string }).explanation, message);
    assert.equal((result as { paid: bigint }).paid, 50n);
    // One that is missing may still turn up, so it stays known.
    assert.equal(parts.store.requests.length, state === 'resultMissing' ? 1 : 0);
  }
});

async function gone(honest: () => Promise<Answer>): Promise<Answer> {
  const answer = await honest();
  return 'output' in answer ? { output: { ...answer.output, content: 'bafkreigone' } } : answer;
}

/** Answers with something on Dx that is no envelope for this place: the payload itself. */
async function foreign(honest: () => Promise<Answer>, request: { readonly payload: string }): Promise<Answer> {
  const answer = await honest();
  return 'output' in answer ? { output: { ...answer.output, content: request.payload } } : answer;
}

test('after a crash between request and answer the results are collected, once', async (t) => {
  const started: PromiseWithResolvers<void> = Promise.withResolvers();
  const release: PromiseWithResolvers<void> = Promise.withResolvers();
  const parts = await agree(
    t,
    5,
    {
      answer: async (honest) => {
        started.resolve();
        await release.promise;
        return honest();
      },
    },
    { responseDeadline: 1000, lifetime: 5000 },
  );
  const crash = new AbortController();
  const crashed = all(infer(parts, parts.agreement, inputs(5), { signal: crash.signal }));
  await started.promise;
  crash.abort(new Error('killed'));
  await assert.rejects(crashed, /killed/);
  release.resolve();

  const results = await all(resume(parts, parts.agreement));
  assert.deepEqual(
    results.map((result) => [result.state, result.label, result.input]),
    Array.from({ length: 5 }, (_, i) => ['answered', `input ${i}`, null]),
  );
  assert.deepEqual(await all(resume(parts, parts.agreement)), []);
});

test('after a crash before the registration the request is reported as not sent', async (t) => {
  const parts = await agree(t, 5);
  await parts.store.saveSent([{ agreement: parts.agreement, index: 0, payload: 'bafkreix', label: 'a', sentAt: 1 }]);
  const [result] = await all(resume(parts, parts.agreement));
  assert.deepEqual([result?.state, result?.label], ['notSent', 'a']);
  assert.equal(parts.store.requests.length, 1, 'a late transaction may still register it');

  assert.deepEqual(states(await all(infer(parts, parts.agreement, inputs(1)))), ['answered']);
  assert.deepEqual(states(await all(resume(parts, parts.agreement))), ['notSent']);
  assert.deepEqual(parts.store.requests, [], 'somebody else has the place now');
});

/** A request that was written down and never sent. */
const written = (agreement: number, index: number, label = 'a') => ({
  ...{ agreement, index, payload: `bafkrei${index}`, label, sentAt: 1 },
});
/** Keeps the requests of all labels. */
const again = () => Promise.resolve(frame(encodeRequest(numbers(3))));

test('what was written down is sent for its place when that is allowed, and further inputs after it', async (t) => {
  const parts = await agree(t, 5);
  const crash = new AbortController();
  parts.chain.mishaps.push('stuck');
  parts.chain.onBlock = ({ calls }) => {
    if (calls.some(({ call }) => call === 'request')) crash.abort(new Error('killed'));
  };
  await assert.rejects(all(infer(parts, parts.agreement, inputs(2), { signal: crash.signal })), /killed/);
  const further = inputs(3).slice(2);
  const results = await all(resume(parts, parts.agreement, { again, inputs: further }));
  assert.deepEqual(results.map(({ state, label, index }) => `${label} ${state} ${index}`).sort(), [
    'input 0 answered 0',
    'input 1 answered 1',
    'input 2 answered 2',
  ]);
  assert.equal(parts.chain.ledger.providers, 3n * 45n);
  assert.deepEqual(parts.store.requests, []);
});

test('what lost its place for good is sealed for another one, or not sent where its input is not kept', async (t) => {
  for (const keeps of [true, false]) {
    const parts = await agree(t, 5);
    await parts.store.saveSent([written(parts.agreement, 0)]);
    parts.chain.intrude(parts.agreement, ['bafkreiintruder']);
    const asked: unknown[] = [];
    const recover = async () => {
      asked.push((await parts.chain.requests(parts.agreement, 0, 1, 'finalized'))[0]?.payload);
      return keeps ? again() : null;
    };
    const [result] = await all(resume(parts, parts.agreement, { again: recover, keep: true }));
    assert.deepEqual(asked, ['bafkreiintruder'], 'not before the place was given away for good');
    assert.ok(result !== undefined);
    assert.equal(result.state, keeps ? 'answered' : 'notSent');
    if (result.state === 'answered') {
      assert.deepEqual([result.index, toNumbers(result.response.outputs[0] ?? assert.fail())[0]], [1, 6]);
    } else {
      assert.match(JSON.stringify(result), /its place is gone.*"final":true/);
    }
  }
});

test('a place that lies ahead is kept while an earlier transaction may live, and no longer', async (t) => {
  const parts = await agree(t, 5, {}, { lifetime: 2_000 });
  await parts.store.saveSent([written(parts.agreement, 3)]);
  const begun = await newestBlock(parts, t.signal);
  const [result] = await all(resume(parts, parts.agreement, { again }));
  assert.ok(result?.state === 'answered');
  assert.equal(result.index, 0);
  assert.ok(result.block > begun + 256, `${result.block} ${begun}`);
});

test('what is written down when the agreement has ended for good is not sent, and forgotten', async (t) => {
  const parts = await agree(t, 5);
  await parts.store.saveSent([written(parts.agreement, 0)]);
  parts.chain.end(parts.agreement, 'byConsumer');
  const [result] = await all(resume(parts, parts.agreement, { again }));
  assert.ok(result?.state === 'notSent' && result.final);
  assert.match(result.explanation, /the consumer ended it/);
  assert.equal(parts.chain.calls.filter(({ call }) => call === 'request').length, 0);
  assert.deepEqual(parts.store.requests, []);
});

async function newestBlock({ chain }: TestParts, signal: AbortSignal): Promise<number> {
  for await (const { best } of chain.heads(signal)) return best.number;
  return assert.fail();
}

test('a result that was yielded but not taken is yielded again after a crash', async (t) => {
  const parts = await agree(t, 3);
  for await (const result of infer(parts, parts.agreement, inputs(3))) {
    assert.equal(result.state, 'answered');
    break;
  }
  assert.deepEqual(states(await all(resume(parts, parts.agreement))), ['answered', 'answered', 'answered']);
});

test('of two processes that prepared the same place each learns what became of its own', async (t) => {
  const parts = await agree(t, 5);
  const other = { agreement: parts.agreement, index: 0, payload: 'bafkreiother', label: 'other', sentAt: 1 };
  for await (const result of infer(parts, parts.agreement, inputs(1))) {
    assert.equal(result.state, 'answered');
    break;
  }
  await parts.store.saveSent([other]);
  const results = await all(resume(parts, parts.agreement));
  assert.deepEqual(states(results).sort(), ['answered', 'notSent']);
  assert.deepEqual(parts.store.requests, []);
});

test('what the chain has removed after its retention is reported as such', async (t) => {
  const parts = await agree(t, 3);
  const place = { agreement: parts.agreement, label: 'a', sentAt: 1 };
  await all(infer(parts, parts.agreement, inputs(2)));
  for await (const { finalized } of parts.chain.heads(t.signal)) {
    const [, last] = await parts.chain.requests(parts.agreement, 0, 2, 'finalized');
    if (finalized.number > 0 && last?.outcome.state === 'settled') break;
  }
  parts.chain.prune(parts.agreement);
  await parts.store.saveSent([0, 1].map((index) => ({ ...place, index, payload: 'x' })));
  assert.deepEqual(states(await all(resume(parts, parts.agreement))), ['removed', 'removed']);
});

test('an agreement that is unknown, of somebody else, or without its key is refused before anything is sent', async (t) => {
  const parts = await agree(t, 3);
  await assert.rejects(all(infer(parts, 77, inputs(1))), { name: 'UnknownAgreement', message: /no agreement 77/ });
  parts.store.keys.clear();
  await assert.rejects(all(infer(parts, parts.agreement, inputs(1))), { name: 'KeyMissing', message: /order 0/ });
  const { chain } = parts;
  const stranger = Object.assign(Object.create(chain) as typeof chain, {
    account: { ...chain.account, address: 'stranger' },
  });
  await assert.rejects(all(infer({ ...parts, chain: stranger }, parts.agreement, inputs(1))), {
    name: 'UnknownAgreement',
    message: /stranger may send nothing/,
  });
  assert.equal(parts.dx.data.size, 0);
});

test('the money of an agreement is where its counts say, whatever became of the requests', async (t) => {
  const behaviours: NonNullable<Behaviour['answer']>[] = [
    (honest) => honest(),
    () => Promise.resolve({ failure: 'Overloaded' }),
    () => Promise.resolve({ failure: 'InvalidRequest' }),
    () => Promise.resolve(null),
  ];
  const parts = await agree(t, 12, {
    answer: (honest, request) => (behaviours[request.index % 4] ?? assert.fail())(honest, request),
  });
  await all(infer(parts, parts.agreement, inputs(9)));
  const agreement = (await parts.chain.agreement(parts.agreement)) ?? assert.fail();
  const money = settlement(agreement);
  const { providers, owner, treasury, escrow } = parts.chain.ledger;
  assert.deepEqual([money.toProvider, money.toOwner, money.toMarket], [providers, owner, treasury]);
  assert.equal(money.escrow, escrow);
  assert.equal(money.paid + money.refunded + money.escrow, money.agreed);
});
