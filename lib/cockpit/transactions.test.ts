import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Account, Call, Included, SubmitOptions } from '../market/chain.ts';
import { CallFailed, TransactionLost, TransactionRefused } from '../market/errors.ts';
import { Transactions } from './transactions.ts';

const included: Included = { block: { number: 5, hash: '0x5' }, transaction: '0xaa', fee: 3n, events: [] };
const call: Call = { call: 'setRoyalty', model: 2, royalty: 1_500_000_000_000n };

function accountThat(submit: (options: SubmitOptions) => Promise<Included>): Account {
  return { address: 'me', submit: (_, options = {}) => submit(options) };
}

test('a transaction is shown from the wallet to finality', async () => {
  const transactions = new Transactions();
  const seen: string[] = [];
  transactions.list.subscribe(() => seen.push(transactions.list.get()[0]?.state ?? ''));
  let say: SubmitOptions['onStatus'];
  const account = accountThat(({ onStatus }) => {
    say = onStatus;
    onStatus?.({ status: 'signed', transaction: '0xaa' });
    onStatus?.({ status: 'broadcast', transaction: '0xaa' });
    onStatus?.({ status: 'inBestBlock', included });
    return Promise.resolve(included);
  });
  assert.equal(await transactions.submit(account, call), included);
  // The block was replaced; the watch goes on after the promise has settled.
  say?.({ status: 'broadcast', transaction: '0xaa' });
  assert.equal(transactions.list.get()[0]?.block, null);
  say?.({ status: 'finalized', included });
  assert.deepEqual(seen, ['signing', 'signed', 'broadcast', 'inBestBlock', 'broadcast', 'finalized']);
  const [info] = transactions.list.get();
  assert.deepEqual(
    [info?.title, info?.hash, info?.block, info?.fee, info?.problem],
    ['Set the royalty of model 2 to 1.5 AIRO per inference', '0xaa', included.block, 3n, null],
  );
  transactions.dismiss(info?.id ?? 0);
  assert.deepEqual(transactions.list.get(), []);
});

for (const [what, error, name, state] of [
  [
    'a refusal in the wallet',
    new TransactionRefused('The wallet did not sign: Cancelled.', { cause: new Error('Cancelled') }),
    'Cancelled',
    'cancelled',
  ],
  [
    "another wallet's refusal",
    new TransactionRefused('no', { cause: new Error('Rejected by user') }),
    'Cancelled',
    'cancelled',
  ],
  [
    'a wallet that fails',
    new TransactionRefused('no', { cause: new Error('Unable to decode') }),
    'TransactionRefused',
    'failed',
  ],
  [
    'an account that cannot pay',
    new TransactionRefused('The account cannot pay the fee.'),
    'TransactionRefused',
    'failed',
  ],
  ['an unknown fate', new TransactionLost('Read the state.'), 'TransactionLost', 'lost'],
] as const) {
  test(`${what} is ${name}`, async () => {
    const transactions = new Transactions();
    await assert.rejects(
      transactions.submit(
        accountThat(() => Promise.reject(error)),
        call,
      ),
      { name },
    );
    const [info] = transactions.list.get();
    assert.deepEqual([info?.state, info?.problem?.name], [state, name]);
  });
}

test("the chain's own name of an error stands beside what to do", async () => {
  const transactions = new Transactions();
  const error = new CallFailed('marketplace.NotTheModelOwner', 'only its owner may do this. Use that account.');
  await assert.rejects(
    transactions.submit(
      accountThat(() => Promise.reject(error)),
      call,
    ),
    { name: 'CallFailed' },
  );
  assert.deepEqual(transactions.list.get()[0]?.problem, {
    name: 'CallFailed',
    message: 'only its owner may do this. Use that account.',
    chainError: 'marketplace.NotTheModelOwner',
  });
});

test('whoever stops waiting stops a transaction that is not signed, and only the wait for one that is', async () => {
  const transactions = new Transactions();
  const waiting = new AbortController();
  const unsigned = transactions.submit(
    accountThat(
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    ),
    call,
    { signal: waiting.signal },
  );
  waiting.abort(new Error('stopped'));
  await assert.rejects(unsigned, { message: 'stopped' });
  assert.equal(transactions.list.get()[0]?.state, 'failed');

  const other = new AbortController();
  const sent = Promise.withResolvers<Included>();
  let say: SubmitOptions['onStatus'];
  const account = accountThat(({ onStatus, signal }) => {
    say = onStatus;
    onStatus?.({ status: 'signed', transaction: '0xaa' });
    signal?.addEventListener('abort', () => sent.reject(signal.reason));
    return sent.promise;
  });
  const signed = transactions.submit(account, call, { signal: other.signal });
  other.abort(new Error('stopped'));
  await assert.rejects(signed, { name: 'TransactionLost' });
  say?.({ status: 'finalized', included });
  assert.equal(transactions.list.get()[0]?.state, 'finalized');
});
