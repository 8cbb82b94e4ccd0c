import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { Signer } from '@polkadot/api/types';
import type { SignerPayloadJSON, SignerResult } from '@polkadot/types/types';
import fc from 'fast-check';

import { runtimeCall } from '../../lib/chain/calls.ts';
import * as decode from '../../lib/chain/decode.ts';
import type { Calls } from '../../lib/chain/generated/chain.ts';
import { contentIdOf, MILLION, peerIdOf } from '../../lib/chain/identifiers.ts';
import { accountFromSecret } from '../../lib/chain/index.ts';
import { plain } from '../../lib/chain/plain.ts';
import { metadataCall, Runtime } from '../../lib/chain/runtime.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Call } from '../../lib/market/chain.ts';
import { dataTypes, failureCodes, type Description, type Hex, type PublicKey } from '../../lib/market/types.ts';
import type { ChainNode } from '../../scripts/chain/node.ts';
import { connectRpc, startTestNode } from '../support/nodes.ts';
import { connectTo, developer, named, newProfile, orderOf } from './chain-library-support.ts';

async function runtimeOf(t: TestContext, node: ChainNode): Promise<Runtime> {
  const rpc = await connectRpc(t, node);
  return new Runtime({
    metadata: await rpc.request<Hex>('state_call', metadataCall.method, metadataCall.argument),
    version: await rpc.request<object>('state_getRuntimeVersion'),
    properties: await rpc.request<object>('system_properties'),
  });
}

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((data): Hex => `0x${Buffer.from(data).toString('hex')}`);
const content = bytes(32).map((digest) => contentIdOf(`0x01551220${digest.slice(2)}`));
/** A character has at most four bytes. */
const text = (most: number) => fc.string({ unit: 'binary', maxLength: most / 4 });
const tensors = fc.array(
  fc.record({
    name: text(64),
    dataType: fc.constantFrom(...dataTypes),
    shape: fc.array(fc.option(fc.nat()), { maxLength: 8 }),
  }),
  { maxLength: 8 },
);
const millionths = (min: number, max: number) => fc.integer({ min, max }).map((whole) => whole / MILLION);
const descriptions: fc.Arbitrary<Description> = fc.record({
  name: text(64),
  licence: text(64),
  inputs: tensors,
  outputs: tensors,
  image: fc.option(
    fc.record({
      channels: fc.constantFrom('gray', 'rgb', 'bgr'),
      layout: fc.constantFrom('nchw', 'nhwc'),
      fit: fc.constantFrom('stretch', 'cover', 'contain'),
      mean: fc.array(millionths(-(2 ** 31), 2 ** 31 - 1), { maxLength: 4 }),
      std: fc.array(millionths(0, 2 ** 32 - 1), { maxLength: 4 }),
    }),
  ),
  labels: fc.oneof(
    fc.constant({ kind: 'none' } as const),
    fc.record({ kind: fc.constant('inline' as const), names: fc.array(text(32), { maxLength: 32 }) }),
    fc.record({ kind: fc.constant('content' as const), content }),
  ),
  tolerance: millionths(0, 2 ** 32 - 1),
});
const keys: fc.Arbitrary<PublicKey> = fc.record({
  scheme: fc.nat(2 ** 16 - 1),
  material: fc.oneof(
    fc.record({ inline: bytes(0, 128) }),
    content.map((id) => ({ content: id })),
  ),
});
const amounts = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

test('what is said to the chain is what the chain hears', async (t) => {
  const runtime = await runtimeOf(t, await startTestNode(t));
  const { pair } = await accountFromSecret('//Alice');
  const context = { collection: () => Promise.resolve(0) };

  /** The arguments of a call as they are after its way through the chain's own encoding. */
  const heard = async <Name extends keyof Calls>(call: Call, name: Name): Promise<Calls[Name]> => {
    const made = await runtimeCall(call, context);
    assert.equal(made.name, name);
    const { args } = runtime.registry.createType('Call', runtime.call([made]).toU8a());
    return args.map((argument) => plain(argument)) as unknown as Calls[Name];
  };

  await t.test('descriptions of models', async () => {
    await fc.assert(
      fc.asyncProperty(descriptions, content, fc.maxSafeNat(), amounts, async (said, id, size, royalty) => {
        const call = { call: 'registerModel', content: id, size, description: said, royalty } as const;
        const [cid, length, description, price] = await heard(call, 'marketplace.registerModel');
        assert.deepEqual(decode.description(description), structuredClone(said));
        assert.deepEqual([contentIdOf(cid), Number(length), price], [id, size, royalty]);
      }),
    );
  });

  await t.test('profiles with keys and operators', async () => {
    const profiles = fc.record({
      ...{ name: text(64), key: keys, peerProof: bytes(64) },
      peer: bytes(32).map((key) => peerIdOf(`0x002408011220${key.slice(2)}`)),
      kind: fc.constantFrom('server', 'browser'),
    });
    const operators = fc.option(
      fc.record({ account: fc.constant(pair.address), floorPrice: amounts, maxOpen: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(profiles, operators, amounts, async (profile, operator, stake) => {
        const call = { call: 'registerProvider', profile, operator, stake } as const;
        const [said, by, of] = await heard(call, 'marketplace.registerProvider');
        assert.deepEqual([decode.profile(said), by, of], structuredClone([profile, operator, stake]));
      }),
    );
  });

  await t.test('orders', async () => {
    const parts = fc.integer({ min: 0, max: 1e9 }).map((billionths) => billionths / 1e9);
    await fc.assert(
      fc.asyncProperty(keys, amounts, fc.maxSafeNat(), parts, async (key, maxPrice, delivered, reliability) => {
        const request = orderOf(3, { key, maxPrice, minRecord: { delivered, reliability }, sender: pair.address });
        const [said] = await heard({ call: 'placeOrder', request }, 'marketplace.placeOrder');
        assert.deepEqual(decode.orderRequest(said), structuredClone(request));
      }),
    );
  });

  await t.test('requests and answers', async () => {
    const answers = fc.array(
      fc.oneof(
        fc.record({ failure: fc.constantFrom(...failureCodes) }),
        fc.record({ content, commitment: bytes(32) }).map((output) => ({ output })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        answers,
        fc.array(content),
        fc.maxSafeNat(),
        fc.nat(),
        async (said, payloads, agreement, first) => {
          const [, at, list] = await heard({ call: 'respond', agreement, first, answers: said }, 'execution.respond');
          assert.deepEqual(
            list.map((each) =>
              'Failure' in each
                ? { failure: each.Failure }
                : { output: { ...each.Output, content: contentIdOf(each.Output.content) } },
            ),
            structuredClone(said),
          );
          const call = { call: 'request', agreement, first, payloads } as const;
          const [of, from, ids] = await heard(call, 'execution.request');
          assert.deepEqual([Number(of), from, ids.map(contentIdOf)], [agreement, first, payloads]);
          assert.equal(at, first);
        },
      ),
    );
  });

  await t.test('every other call', async () => {
    const to = pair.address;
    const calls: [Call, keyof Calls, readonly unknown[]][] = [
      [{ call: 'setRoyalty', model: 1, royalty: 2n }, 'marketplace.setRoyalty', [1, 2n]],
      [{ call: 'retireModel', model: 1 }, 'marketplace.retireModel', [1]],
      [{ call: 'purgeModel', model: 1 }, 'marketplace.purgeModel', [1]],
      [{ call: 'transferModel', model: 1, to }, 'nfts.transfer', [0, 1, to]],
      [{ call: 'sellModel', model: 1, price: 2n, reservedFor: null }, 'nfts.setPrice', [0, 1, 2n, null]],
      [{ call: 'sellModel', model: 1, price: 2n, reservedFor: to }, 'nfts.setPrice', [0, 1, 2n, to]],
      [{ call: 'unsellModel', model: 1 }, 'nfts.setPrice', [0, 1, null, null]],
      [{ call: 'buyModel', model: 1, atMost: 2n }, 'nfts.buyItem', [0, 1, 2n]],
      [{ call: 'setOperator', operator: null }, 'marketplace.setOperator', [null]],
      [{ call: 'raiseStake', by: 3n }, 'marketplace.raiseStake', [3n]],
      [{ call: 'announce', model: 1, version: 2, timeMicroseconds: 3 }, 'marketplace.announce', [1, 2, 3]],
      [{ call: 'withdrawOffer', model: 1 }, 'marketplace.withdrawOffer', [1]],
      [{ call: 'leave' }, 'marketplace.leave', []],
      [{ call: 'withdrawStake' }, 'marketplace.withdrawStake', []],
      [{ call: 'cancelOrder', order: 1 }, 'marketplace.cancelOrder', [1n]],
      [{ call: 'acceptBids', order: 1, providers: [to] }, 'marketplace.acceptBids', [1n, [to]]],
      [{ call: 'placeBid', order: 1, price: 2n }, 'marketplace.placeBid', [1n, 2n]],
      [{ call: 'improveBid', order: 1, price: 2n }, 'marketplace.improveBid', [1n, 2n]],
      [{ call: 'settleOverdue', agreement: 1, pages: 2 }, 'execution.settleOverdue', [1n, 2]],
      [{ call: 'endAgreement', agreement: 1 }, 'execution.endAgreement', [1n]],
      [{ call: 'abandon', agreement: 1 }, 'execution.abandon', [1n]],
      [{ call: 'rate', agreement: 1, stars: 5 }, 'execution.rate', [1n, 5]],
      [{ call: 'replaceOperator', agreement: 1, operator: to }, 'execution.replaceOperator', [1n, to]],
      [{ call: 'clearRecord' }, 'execution.clearRecord', []],
    ];
    for (const [call, name, args] of calls) assert.deepEqual(await heard(call, name), args, name);
    // A call names an account by one of several kinds of addresses.
    const transfer = await heard({ call: 'transfer', to, amount: 4n }, 'balances.transferKeepAlive');
    assert.deepEqual(transfer, [to, 4n]);
  });
});

test('a wallet signs, and what it signs is checked', async (t) => {
  const node = await startTestNode(t);
  const runtime = await runtimeOf(t, node);
  const chain = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const { pair } = await accountFromSecret('//Alice');
  const bob = await developer(chain, 'Bob');
  const transfer = { call: 'transfer', to: bob.address, amount: AIRO } as const;

  /** Signs as an extension does: with what the page gave it, and nothing else. */
  const signature = (payload: SignerPayloadJSON): Hex =>
    runtime.registry.createType('ExtrinsicPayload', payload, { version: payload.version }).sign(pair).signature;
  const wallet = (signPayload: (payload: SignerPayloadJSON) => Promise<SignerResult>) =>
    chain.account({ kind: 'wallet', address: pair.address, signer: { signPayload } satisfies Signer });
  const complete = (payload: SignerPayloadJSON) => {
    const extrinsic = runtime.registry.createType('Extrinsic', { method: payload.method }, { version: 4 });
    extrinsic.addSignature(pair.address, signature(payload), payload);
    return extrinsic.toHex();
  };

  const plainly = wallet((payload) => Promise.resolve({ id: 1, signature: signature(payload) }));
  assert.equal(plainly.address, pair.address);
  const before = await chain.balance(bob.address);
  await plainly.submit(transfer);
  // A wallet that gives the whole transaction, because it has added to it.
  const wholly = wallet((payload) => {
    assert.equal(payload.withSignedTransaction, true);
    return Promise.resolve({ id: 2, signature: signature(payload), signedTransaction: complete(payload) });
  });
  await wholly.submit(transfer);
  assert.equal((await chain.balance(bob.address)).free, before.free + 2n * AIRO);

  const other = wallet((payload) => {
    const { method } = runtime.registry.createType('Extrinsic', {
      method: runtime.call([{ name: 'balances.transferKeepAlive', args: [pair.address, 1n] }]),
    });
    const changed = { ...payload, method: method.toHex() };
    return Promise.resolve({ id: 3, signature: signature(changed), signedTransaction: complete(changed) });
  });
  await assert.rejects(other.submit(transfer), named('TransactionRefused', 'something else'));
  const unwilling = wallet(() => Promise.reject(new Error('Cancelled')));
  await assert.rejects(unwilling.submit(transfer), named('TransactionRefused', 'did not sign: Cancelled'));
  const useless = chain.account({ kind: 'wallet', address: pair.address, signer: {} });
  await assert.rejects(useless.submit(transfer), named('TransactionRefused', 'another wallet'));
  const forger = wallet(() => Promise.resolve({ id: 4, signature: `0x01${'ab'.repeat(64)}` }));
  await assert.rejects(forger.submit(transfer), named('TransactionRefused', 'signature is not valid'));
  assert.equal((await chain.balance(bob.address)).free, before.free + 2n * AIRO);
  // What was refused has used no number.
  await plainly
    .submit({ call: 'updateProfile', profile: newProfile(chain.genesisHash, pair.address) })
    .then(() => assert.fail('it is no provider'), named('CallFailed', 'marketplace.NotAProvider'));
});
