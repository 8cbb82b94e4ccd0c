import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Keyring } from '@polkadot/keyring';
import { encodeAddress } from '@polkadot/util-crypto';

import type { KeyPairSigner, SigningKey } from '../../lib/chain/index.ts';
import { AIRO, formatAmount } from '../../lib/market/amounts.ts';
import { startTestNode } from '../support/nodes.ts';
import { connectTo, contentId, developer, named } from './chain-library-support.ts';

test('a key that is asked for each signature signs for a real chain', async (t) => {
  const node = await startTestNode(t);
  const chain = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const alice = await developer(chain, 'Alice');
  const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  let asked = 0;
  const key: SigningKey = {
    kind: 'signingKey',
    address: encodeAddress(raw, 0),
    sign: async (message) => {
      asked += 1;
      return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new Uint8Array(message)));
    },
  };
  const account = chain.account(key);
  assert.equal(account.address, encodeAddress(raw, 42));
  const pay = { call: 'transfer', to: alice.address, amount: AIRO } as const;

  await t.test('without money it is refused, and the reason can be told apart', async () => {
    await assert.rejects(account.submit(pay), (error: Error) => {
      assert.equal(error.name, 'TransactionRefused');
      assert.equal('reason' in error && error.reason, 'payment');
      return true;
    });
  });

  // Later than the refusal: the node would not look at the very same transaction again.
  await alice.submit({ call: 'transfer', to: account.address, amount: 10n * AIRO }, { until: 'finalized' });

  await t.test('it sends what it was asked to, for the fee that was estimated', async () => {
    const estimate = await chain.estimateFee(pay);
    const before = await chain.balance(account.address);
    const { fee } = await account.submit(pay);
    const after = await chain.balance(account.address);
    assert.equal(after.free, before.free - AIRO - fee);
    // The number of the transaction is shorter than the estimate expects.
    assert.ok(fee <= estimate && fee > (estimate * 99n) / 100n, `estimated ${estimate}, paid ${fee}`);
  });

  await t.test('a call of more than 256 bytes, of which the hash is signed, is taken too', async () => {
    const call = Array.from({ length: 8 }, () => pay).map((one, i) => ({ ...one, amount: BigInt(i + 1) }));
    const estimate = await chain.estimateFee(call);
    assert.ok(estimate > (await chain.estimateFee(pay)));
    const { fee } = await account.submit(call);
    assert.ok(fee <= estimate, `estimated ${estimate}, paid ${fee}`);
    const requests = async (count: number) => {
      const payloads = Array.from({ length: count }, () => contentId('a'));
      return chain.estimateFee({ call: 'request', agreement: 0, first: 0, payloads });
    };
    for (const count of [1, 8, 64])
      t.diagnostic(`registering ${count} requests: ${formatAmount(await requests(count))}`);
  });

  await t.test('it is refused by name when the key signs something else', async () => {
    const liar = chain.account({ ...key, sign: (message) => key.sign(message.toReversed()) });
    await assert.rejects(liar.submit(pay), named('TransactionRefused', 'The signature is not valid'));
    const mute = chain.account({ ...key, sign: () => Promise.reject(new Error('The key is gone.')) });
    await assert.rejects(mute.submit(pay), named('TransactionRefused', 'The key is gone.'));
  });

  await t.test('its transactions go one after the other, without a gap after a refusal', async () => {
    asked = 0;
    await Promise.all([1n, 2n, 3n].map((amount) => account.submit({ ...pay, amount })));
    assert.equal(asked, 3);
  });

  await t.test(
    'the keyring and Web Crypto mean the same account by the same secret, and both sign for it',
    async () => {
      const seed = crypto.getRandomValues(new Uint8Array(32));
      const pair = new Keyring({ type: 'ed25519' }).addFromSeed(seed);
      const keyPair: KeyPairSigner = { kind: 'keyPair', pair };
      await alice.submit({ call: 'transfer', to: pair.address, amount: AIRO });
      const secret = await crypto.subtle.importKey('pkcs8', pkcs8Of(seed), 'Ed25519', false, ['sign']);
      const same: SigningKey = {
        kind: 'signingKey',
        address: pair.address,
        sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', secret, new Uint8Array(message))),
      };
      assert.equal(chain.account(same).address, chain.account(keyPair).address);
      await chain.account(same).submit({ call: 'transfer', to: alice.address, amount: 1n });
      await chain.account(keyPair).submit({ call: 'transfer', to: alice.address, amount: 1n });
    },
  );

  await t.test('everything that is left goes back, and the account ends', async () => {
    assert.ok(chain.existentialDeposit > 0n);
    await account.submit({ call: 'transferAll', to: alice.address });
    assert.equal((await chain.balance(account.address)).free, 0n);
  });

  await t.test('what the chain could not keep is refused before it is estimated', async () => {
    await assert.rejects(chain.estimateFee([]), named('InvalidValue'));
    await assert.rejects(
      chain.estimateFee({ call: 'request', agreement: -1, first: 0, payloads: [contentId('a')] }),
      named('InvalidValue'),
    );
  });
});

/** An Ed25519 seed as Web Crypto takes it (RFC 8410). */
function pkcs8Of(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...Buffer.from('302e020100300506032b657004220420', 'hex'), ...seed);
}
